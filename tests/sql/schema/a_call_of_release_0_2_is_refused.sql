BEGIN;
SELECT plan(2);
\ir ../support/_history.sql

-- What a body of release 0.2 that was under way at the migration does: it names no feed_position.
CREATE FUNCTION pg_temp.move() RETURNS void
LANGUAGE sql
AS $$
    INSERT INTO wallet_private.transfer
    SELECT
        t.user_id, gen_random_uuid(), t.seq + 1, t.created_at, t.asset_id, t.leg, t.kind, t.amount,
        t.balance_after, t.counterparty, 'under way', t.reference, t.details, t.metadata, t.actor,
        t.hash
    FROM wallet_private.transfer AS t
    ORDER BY t.seq DESC
    LIMIT 1
$$;
SELECT throws_ok(
    'SELECT pg_temp.move()', '40001', 'the wallet was migrated during the call',
    'it is told to call again'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'it has left nothing');

SELECT * FROM finish();
ROLLBACK;
