BEGIN;
SELECT plan(30);
\ir ../../support/_books.sql

SELECT hold_id FROM wallet.place_hold(:'alice', 'GOLD', 40, '1 day', 'hold') \gset
SELECT hold_id AS captured FROM wallet.place_hold(:'alice', 'GOLD', 5, '1 hour', 'hold-1') \gset
SELECT hold_id AS expired FROM wallet.place_hold(:'alice', 'GOLD', 5, '1 hour', 'hold-2') \gset
SELECT transaction_id AS bonus FROM wallet.bonus(:'alice', 'SILVER', 40, 'bonus') \gset
SELECT amount FROM wallet.capture_hold(:'alice', :'captured', NULL, 'capture') \gset
CALL pg_temp.let_pass('2 hours');
SELECT jsonb_build_object(
    'user_id', :'alice', 'hold_id', :'hold_id', 'idempotency_key', repeat('k', 255),
    'metadata', jsonb_build_object('a', repeat('m', 8183)), 'actor', repeat('a', 255)
) AS request \gset

SELECT throws_ok(
    pg_temp.call('release_hold', :'request'::jsonb || jsonb_build_object(m.field, m.value)),
    m.code, pg_temp.message(m.code), m.description
) FROM malformed AS m
WHERE
    (m.field, m.code) IN (
        ('user_id', 'WA101'), ('idempotency_key', 'WA104'), ('metadata', 'WA111'),
        ('actor', 'WA106')
    );
SELECT throws_ok(
    pg_temp.call('release_hold', :'request'::jsonb || v.change), v.code, pg_temp.message(v.code),
    v.description
) FROM (
    VALUES
    ('{"hold_id": null}'::jsonb, 'WA101', 'no hold'),
    (jsonb_build_object('hold_id', :'nobody'), 'WA205', 'a hold that there never was'),
    (jsonb_build_object('hold_id', :'bonus'), 'WA205', 'a transaction that is no hold'),
    (jsonb_build_object('user_id', :'bob'), 'WA205', 'another user''s hold'),
    (jsonb_build_object('hold_id', :'captured'), 'WA307', 'a hold that is captured'),
    (jsonb_build_object('hold_id', :'expired'), 'WA307', 'a hold that has expired')
) AS v (change, code, description);
SELECT is(
    (SELECT b.held FROM wallet.get_balance(:'alice', 'GOLD') AS b), 40::numeric,
    'what was refused freed nothing'
);
SELECT results_eq(
    format('SELECT h.status, h.is_replay FROM (%s) AS h', pg_temp.call('release_hold', :'request')),
    'VALUES (''released'', false)', 'its key is free, and the longest is good'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
