BEGIN;
SELECT plan(42);
\ir ../../support/_books.sql

SELECT hold_id FROM wallet.place_hold(:'alice', 'GOLD', 40, '1 hour', 'hold') \gset
SELECT transaction_id AS bonus FROM wallet.bonus(:'alice', 'SILVER', 40, 'bonus') \gset
SELECT amount FROM wallet.capture_hold(:'alice', :'hold_id', 15, 'first') \gset
SELECT jsonb_build_object(
    'user_id', :'alice', 'hold_id', :'hold_id', 'amount', 25,
    'idempotency_key', repeat('k', 255),
    'metadata', jsonb_build_object('a', repeat('m', 8183)), 'actor', repeat('a', 255)
) AS request \gset

SELECT throws_ok(
    pg_temp.call('capture_hold', :'request'::jsonb || jsonb_build_object(m.field, m.value)),
    m.code, pg_temp.message(m.code), m.description
) FROM malformed AS m
WHERE
    (m.field, m.code) IN (
        ('user_id', 'WA101'), ('amount', 'WA102'), ('amount', 'WA103'), ('amount', 'WA105'),
        ('idempotency_key', 'WA104'), ('metadata', 'WA111'), ('actor', 'WA106')
    );
SELECT throws_ok(
    pg_temp.call('capture_hold', :'request'::jsonb || v.change), v.code, pg_temp.message(v.code),
    v.description
) FROM (
    VALUES
    ('{"hold_id": null}'::jsonb, 'WA101', 'no hold'),
    (jsonb_build_object('hold_id', :'nobody'), 'WA205', 'a hold that there never was'),
    (jsonb_build_object('hold_id', :'bonus'), 'WA205', 'a transaction that is no hold'),
    (jsonb_build_object('user_id', :'bob'), 'WA205', 'another user''s hold'),
    (jsonb_build_object('user_id', :'nobody'), 'WA205', 'a user that there never was'),
    ('{"amount": 26}', 'WA407', 'more than is left')
) AS v (change, code, description);
SELECT is(
    pg_temp.refusal_of(pg_temp.call('capture_hold', :'request'::jsonb || '{"amount": 26}')),
    (
        'WA407', 'more than the hold has left', format('Of hold %s 25 is left.', :'hold_id'),
        'Capture at most 25.'
    )::pg_temp.refusal,
    'what is left is named'
);
SELECT status FROM wallet.set_user_status(:'alice', 'frozen') \gset
SELECT throws_ok(
    pg_temp.call('capture_hold', :'request'), 'WA501', 'the account is not active',
    'a frozen account pays nothing'
);
SELECT status FROM wallet.set_user_status(:'alice', 'active') \gset
SELECT results_eq(
    format(
        'SELECT c.remaining, c.is_replay FROM (%s) AS c', pg_temp.call('capture_hold', :'request')
    ),
    'VALUES (0::numeric, false)', 'the key of a refused request is free, and the longest is good'
);
SELECT throws_ok(
    pg_temp.call('capture_hold', :'request'::jsonb || '{"idempotency_key": "k"}'), 'WA307',
    'the hold is closed', 'what is captured can''t be captured again'
);
SELECT is(
    (SELECT b.balance FROM wallet.get_balance(:'alice', 'GOLD') AS b), 60::numeric,
    'what was refused moved nothing'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
