BEGIN;
SELECT plan(1);
\ir ../../support/_books.sql

-- As after a dump was restored: the base is that of another server, and nothing has moved since.
UPDATE wallet_private.feed SET system_identifier = system_identifier - 1;
UPDATE wallet_private.asset SET server_started_at = NULL;
SELECT subscription FROM wallet.create_subscription('restored') \gset
SELECT balance FROM wallet.bonus(:'alice', 'GOLD', 1, 'after it') \gset
SELECT
    cmp_ok(
        (s.place).feed_position, '<=', t.feed_position, 'what moves afterwards comes'
    )
FROM wallet_private.subscription AS s
INNER JOIN wallet_private.transfer AS t ON t.idempotency_key = 'after it'
WHERE s.code = 'restored';

SELECT * FROM finish();
ROLLBACK;
