BEGIN;
SELECT plan(36);
\ir ../../support/_forgery.sql

-- Each field of a transfer, changed by who forgot the rest.
CREATE TEMPORARY TABLE forgery AS
SELECT
    v.field,
    v.value
FROM (
    VALUES
    ('user_id', quote_literal(:'bob')),
    ('transaction_id', 'gen_random_uuid()'),
    ('seq', 'seq + 1000'),
    ('created_at', 'created_at + interval ''1 microsecond'''),
    ('asset_id', '0'),
    ('leg', 'leg + 1, idempotency_key = NULL'),
    ('kind', '''BONUS'''),
    ('amount', 'amount + 1'),
    ('balance_after', 'balance_after + 1'),
    ('counterparty', '''MINT'''),
    ('idempotency_key', 'idempotency_key || ''x'''),
    ('reference', '''order-2'''),
    ('details', '''{}'''),
    ('metadata', 'NULL'),
    ('actor', '''till-4'''),
    ('seal', 'uuid_send(gen_random_uuid())'),
    ('hash', 'sha256(hash)')
) AS v (field, value);
SELECT set_eq(
    'SELECT f.field FROM forgery AS f',
    'SELECT a.attname::text FROM pg_attribute AS a '
    'WHERE a.attrelid = ''wallet_private.transfer''::regclass AND a.attnum > 0 '
    'AND NOT a.attisdropped AND a.attname <> ''feed_position''',
    'no field was forgotten'
);
SELECT ok(
    pg_temp.found_after(format(
        'UPDATE wallet_private.transfer SET %I = %s WHERE transaction_id = %L', f.field, f.value,
        :'topup'
    )) @> '{chain is intact}',
    'the chain is broken by another ' || f.field
) FROM forgery AS f;

-- alice's SILVER has four transfers: +100 (the top-up), +75 (the task), -150, +50.
CREATE TEMPORARY VIEW silver AS
SELECT t.* FROM wallet_private.transfer AS t
WHERE
    t.user_id IN (SELECT u.user_id FROM wallet.find_user('alice') AS u)
    AND wallet_private.asset_code(t.asset_id) = 'SILVER';
SELECT is(pg_temp.missed_after(v.forgery, v.checks::text[]), '{}', v.description) FROM (
    VALUES
    (
        'an amount',
        'UPDATE silver SET amount = amount + 1 WHERE seq = 1',
        '{balance is the sum of transfers,balance_after adds up,books are at zero,chain is intact}'
    ),
    (
        'an amount, and all that comes of it',
        'UPDATE silver SET amount = amount + 1 WHERE seq = 1;
        UPDATE silver SET balance_after = balance_after + 1;
        UPDATE wallet_private.wallet AS w SET balance = balance + 1 FROM silver AS s
        WHERE w.user_id = s.user_id AND w.asset_id = s.asset_id',
        '{chain is intact}'
    ),
    (
        'a place in the feed',
        'UPDATE silver SET feed_position = 1 WHERE seq = 2',
        '{feed position never falls}'
    ),
    (
        'a place in the feed that is gone',
        'UPDATE silver SET feed_position = NULL WHERE seq = 2',
        '{feed position never falls}'
    ),
    (
        'a place in the feed that is ahead',
        'UPDATE silver SET feed_position = feed_position + 1 WHERE seq = 4',
        '{feed position is the last one}'
    ),
    (
        'the last place in the feed, in the wallet',
        'UPDATE wallet_private.wallet SET feed_position = NULL',
        '{feed position is the last one}'
    ),
    (
        'an amount that is none',
        'UPDATE silver SET amount = 0 WHERE seq = 1',
        '{balance is the sum of transfers,balance_after adds up,books are at zero,chain is intact,'
        'only holds and debts move nothing}'
    ),
    (
        'a key that is gone',
        'UPDATE silver SET idempotency_key = NULL WHERE seq = 1',
        '{chain is intact,the first leg has the key}'
    ),
    (
        'two amounts that make up for each other',
        'UPDATE silver SET amount = amount + CASE seq WHEN 1 THEN 1 ELSE -1 END WHERE seq < 3;
        UPDATE silver SET balance_after = balance_after + 1 WHERE seq = 1',
        '{chain is intact}'
    ),
    (
        'the first one gone',
        'DELETE FROM silver WHERE seq = 1',
        '{balance is the sum of transfers,balance_after adds up,books are at zero,chain is intact,'
        'seq counts the transfers,seq has no gaps}'
    ),
    (
        'one in the middle gone, what came after moved up, and the wallet set right',
        'DELETE FROM silver WHERE seq = 3;
        UPDATE silver SET seq = 3, balance_after = balance_after + 150 WHERE seq = 4;
        UPDATE wallet_private.wallet AS w SET balance = s.balance_after, seq = 3 FROM silver AS s
        WHERE w.user_id = s.user_id AND w.asset_id = s.asset_id AND s.seq = 3',
        '{a conversion has two legs,chain is intact,no more is reversed than there was}'
    ),
    (
        'the last one gone',
        'DELETE FROM silver WHERE seq = 4',
        '{balance is the sum of transfers,books are at zero,head is the last hash,'
        'moved_at is the last time,reversal is backed by its transfer,seq counts the transfers}'
    ),
    (
        'two changed round',
        'UPDATE silver SET seq = -1 WHERE seq = 1;
        UPDATE silver SET seq = 1 WHERE seq = 2;
        UPDATE silver SET seq = 2 WHERE seq = -1',
        '{balance_after adds up,chain is intact,time rises}'
    ),
    (
        'the contents of two changed round, their places, times and hashes left',
        'UPDATE silver SET idempotency_key = ''x'' || seq WHERE seq < 3;
        UPDATE silver AS s SET transaction_id = o.transaction_id, kind = o.kind,
            amount = o.amount, idempotency_key = CASE o.seq WHEN 1 THEN ''topup'' ELSE ''task'' END,
            reference = o.reference, details = o.details, metadata = o.metadata, actor = o.actor,
            balance_after = CASE s.seq WHEN 1 THEN o.amount ELSE s.balance_after END
        FROM silver AS o WHERE s.seq + o.seq = 3',
        '{chain is intact,completion is backed by its transfer}'
    ),
    (
        'the time of one, to before that of the one before',
        'UPDATE silver SET created_at = created_at - interval ''1 day'' WHERE seq = 2',
        '{chain is intact,completion is backed by its transfer,time rises}'
    ),
    (
        'the time of the last one',
        'UPDATE silver SET created_at = created_at + interval ''1 day'' WHERE seq = 4',
        '{chain is intact,moved_at is the last time}'
    ),
    (
        'one put in at the end, of which the wallet does not know',
        'INSERT INTO silver
        SELECT user_id, gen_random_uuid(), 5, created_at + interval ''1 second'', asset_id, 1,
            ''BONUS'', 5, balance_after + 5, counterparty, ''forged'', NULL, NULL, NULL, actor,
            sha256(hash), feed_position
        FROM silver WHERE seq = 4',
        '{balance is the sum of transfers,books are at zero,chain is intact,head is the last hash,'
        'moved_at is the last time,seq counts the transfers}'
    ),
    (
        'all of them gone',
        'DELETE FROM silver',
        '{a conversion has two legs,balance is the sum of transfers,books are at zero,'
        'completion is backed by its transfer,head is the last hash,moved_at is the last time,'
        'no more is reversed than there was,reversal is backed by its transfer,'
        'seq counts the transfers}'
    )
) AS v (description, forgery, checks);

SELECT * FROM finish();
ROLLBACK;
