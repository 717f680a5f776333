BEGIN;
SELECT plan(6);
\ir ../../support/_lots.sql

SELECT balance FROM wallet.adjust(
    :'bob', 'STAR', 9, 'credit', 'a fault', p_expires_at => now() + interval '1 day'
) \gset
SELECT balance FROM wallet.adjust(:'bob', 'STAR', 4, 'credit-2', 'a fault') \gset
SELECT balance FROM wallet.adjust(:'bob', 'STAR', -10, 'debit', 'a fault') \gset
SELECT is(pg_temp.left_of(:'bob'), '2: 3 free', 'a credit is free, a debit goes in order');
SELECT throws_ok(
    pg_temp.call('adjust', jsonb_build_object(
        'user_id', :'bob', 'asset', 'STAR', 'amount', 1, 'idempotency_key', 'key',
        'reference', 'a fault', 'expires_at', now() + interval '1 day'
    ) || v.change),
    v.code, pg_temp.message(v.code), v.description
) FROM (
    VALUES
    ('{"amount": -1}'::jsonb, 'WA502', 'a debit does not expire'),
    ('{"asset": "COIN"}', 'WA502', 'nor does anything of an asset without lots'),
    ('{"expires_at": "2020-01-01"}', 'WA109', 'an expiry in the past')
) AS v (change, code, description);
SELECT is(pg_temp.left_of(:'bob'), '2: 3 free', 'a refused request changes nothing');
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
