BEGIN;
SELECT plan(13);
\ir ../../support/_person.sql

-- Before 0.3 no transfer had a seal.
CALL pg_temp.empty(:'zoe');
CALL pg_temp.unlock();
UPDATE wallet_private.transfer SET seal = NULL;
CALL pg_temp.rechain();
CALL pg_temp.lock();
SELECT is_empty('SELECT * FROM wallet.verify()', 'chains of earlier releases are sound');
SELECT
    checkpoint_id AS first_id,
    root AS first_root
FROM wallet.checkpoint() \gset
CREATE TEMPORARY TABLE before AS SELECT t.* FROM wallet_private.transfer AS t;

SELECT status FROM wallet.erase_user(:'zoe', 'ticket 7') \gset
SELECT is_empty('SELECT pg_temp.traces()', 'nothing has her name any more');
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');
SELECT results_eq(
    format(
        'SELECT user_id, transaction_id, seq, asset_id, kind, amount, balance_after, created_at, '
        'idempotency_key FROM %s WHERE user_id = %L ORDER BY asset_id, seq',
        'wallet_private.transfer', :'zoe'
    ),
    format(
        'SELECT user_id, transaction_id, seq, asset_id, kind, amount, balance_after, created_at, '
        'idempotency_key FROM %s WHERE user_id = %L ORDER BY asset_id, seq', 'before', :'zoe'
    ),
    'what was moved is left'
);
SELECT is(count(*), 0::bigint, 'nothing of anybody else has changed')
FROM (
    SELECT b.* FROM before AS b
    WHERE b.user_id <> :'zoe'
    EXCEPT
    SELECT t.* FROM wallet_private.transfer AS t
) AS e;

-- A root from before the erasure says for which wallets it does not vouch any more; a later one
-- vouches again.
SELECT is(array_agg(DISTINCT f.check), '{an erasure made the chain anew}', 'the old root says so')
FROM wallet.verify_checkpoint(:'first_id', :'first_root') AS f;
SELECT is(count(*), 3::bigint, 'of her three wallets, and when it was')
FROM wallet.verify_checkpoint(:'first_id', :'first_root') AS f
WHERE
    f.subject LIKE '% of user ' || :'zoe' || ' asset %'
    AND f.found ~ '^[0-9a-f]{64} since [0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z$';
SELECT is(count(*), 3::bigint, 'nothing else')
FROM wallet.verify_checkpoint(:'first_id', :'first_root');
SELECT
    checkpoint_id AS second_id,
    root AS second_root
FROM wallet.checkpoint() \gset
SELECT isnt(:'second_root'::text, :'first_root'::text, 'another root');
SELECT is_empty(
    format('SELECT * FROM wallet.verify_checkpoint(%s, %L)', :'second_id', :'second_root'),
    'which vouches for all'
);

-- A later checkpoint covers her like anybody.
CALL pg_temp.unlock();
UPDATE wallet_private.transfer SET created_at = created_at - interval '1 second'
WHERE user_id = :'zoe' AND seq = 1;
CALL pg_temp.rechain();
SELECT is_empty('SELECT * FROM wallet.verify()', 'who computes every hash anew');
SELECT ok(
    count(*) = 3 AND bool_and(f.check = 'history is as it was'), 'is found by the root'
) FROM wallet.verify_checkpoint(:'second_id', :'second_root') AS f
WHERE f.subject LIKE '% of user ' || :'zoe' || ' asset %';
SELECT is_empty('SELECT * FROM pg_temp.traces()', 'her name stays away');

SELECT * FROM finish();
ROLLBACK;
