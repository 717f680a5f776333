BEGIN;
SELECT plan(50);
\ir ../../support/_economy.sql

SELECT jsonb_build_object(
    'user_id', :'alice', 'asset', 'GOLD', 'amount', 1, 'idempotency_key', 'key',
    'reference', repeat('r', 255), 'metadata', jsonb_build_object('a', repeat('m', 8183)),
    'actor', repeat('a', 255)
) AS request \gset

-- Of what is wrong elsewhere, a negative amount and an account that is not active are good here.
SELECT throws_ok(
    pg_temp.call('adjust', :'request'::jsonb || jsonb_build_object(m.field, m.value)),
    m.code, pg_temp.message_of(m.code), m.description
) FROM malformed AS m
WHERE
    m.code IN (
        'WA101', 'WA102', 'WA103', 'WA104', 'WA105', 'WA106', 'WA111', 'WA201', 'WA202', 'WA503'
    )
    AND m.value IS DISTINCT FROM '-1';

SELECT throws_ok(
    pg_temp.call('adjust', :'request'::jsonb || v.change), v.code, pg_temp.message_of(v.code),
    v.description
) FROM (
    VALUES
    ('{"reference": null}'::jsonb, 'WA101', 'reference: none'),
    ('{"amount": -0.5}', 'WA103', 'amount: a debit with too many decimals'),
    ('{"amount": -1000000000000001}', 'WA105', 'amount: a debit over 10^15'),
    ('{"amount": -101}', 'WA401', 'amount: a debit of more than is there'),
    ('{"amount": 901}', 'WA402', 'amount: a credit of more than the cap lets be issued')
) AS v (change, code, description);

SELECT is(
    (pg_temp.refusal_of(pg_temp.call('adjust', :'request'::jsonb || '{"amount": -101}'))).detail,
    '101 GOLD is needed, 100 is available: 1 is missing.', 'the detail says what is missing'
);
SELECT is_empty(
    'SELECT * FROM wallet.transaction WHERE kind = ''ADJUST''',
    'a refused request leaves nothing behind'
);
SELECT results_eq(
    format('SELECT is_replay FROM (%s) AS r', pg_temp.call('adjust', :'request')),
    'VALUES (false)', 'its key is free, and the longest texts are good'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
