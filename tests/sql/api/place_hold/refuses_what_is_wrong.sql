BEGIN;
SELECT plan(55);
\ir ../../support/_books.sql

SELECT jsonb_build_object(
    'user_id', :'alice', 'asset', 'GOLD', 'amount', 100, 'expires_in', '366 days',
    'idempotency_key', repeat('k', 255), 'reference', repeat('r', 255),
    'metadata', jsonb_build_object('a', repeat('m', 8183)), 'actor', repeat('a', 255)
) AS request \gset
SELECT throws_ok(
    pg_temp.call('place_hold', :'request'::jsonb || jsonb_build_object(m.field, m.value)), m.code,
    pg_temp.message(m.code), m.description
) FROM malformed AS m
WHERE
    m.code IN (
        'WA101', 'WA102', 'WA103', 'WA104', 'WA105', 'WA106', 'WA111', 'WA201', 'WA202', 'WA501',
        'WA503'
    );
SELECT throws_ok(
    pg_temp.call('place_hold', :'request'::jsonb || v.change), v.code, pg_temp.message(v.code),
    v.change::text
) FROM (
    VALUES
    ('{"expires_in": null}'::jsonb, 'WA101'),
    ('{"expires_in": "0"}', 'WA109'),
    ('{"expires_in": "0.999999 seconds"}', 'WA109'),
    ('{"expires_in": "-1 hour"}', 'WA109'),
    ('{"expires_in": "366 days 1 microsecond"}', 'WA109'),
    ('{"amount": 101}', 'WA401'),
    ('{"asset": "SILVER", "amount": 1}', 'WA401')
) AS v (change, code);
SELECT is(
    pg_temp.refusal_of(pg_temp.call('place_hold', :'request'::jsonb || '{"amount": 101}')),
    (
        'WA401', 'the balance is too low',
        '101 GOLD is needed, 100 is available: 1 is missing.', 'Try it with at most 100.'
    )::pg_temp.refusal,
    'what is missing is named'
);
SELECT is_empty(
    format('SELECT * FROM wallet.list_holds(%L)', :'alice'),
    'a refused request leaves nothing behind'
);
SELECT results_eq(
    format(
        'SELECT h.remaining, h.is_replay FROM (%s) AS h', pg_temp.call('place_hold', :'request')
    ),
    'VALUES (100::numeric, false)', 'its key is free, and the longest is good, of all that is there'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
