BEGIN;
SELECT plan(50);
\ir ../../support/_books.sql

SELECT transaction_id FROM wallet.spend(:'alice', 'GOLD', 30, 'spend') \gset
SELECT hold_id FROM wallet.place_hold(:'alice', 'GOLD', 5, '1 hour', 'hold') \gset
SELECT status FROM wallet.release_hold(:'alice', :'hold_id', 'release') \gset
SELECT t.transaction_id AS release FROM wallet_private.transfer AS t
WHERE t.idempotency_key = 'release' \gset
SELECT transaction_id AS reversal
FROM wallet.reverse(:'alice', :'transaction_id', 10, 'a mistake', 'first') \gset
SELECT jsonb_build_object(
    'user_id', :'alice', 'transaction_id', :'transaction_id', 'amount', 20,
    'reason', repeat('r', 255), 'idempotency_key', repeat('k', 255), 'policy', 'clamp',
    'metadata', jsonb_build_object('a', repeat('m', 8183)), 'actor', repeat('a', 255)
) AS request \gset

SELECT throws_ok(
    pg_temp.call('reverse', :'request'::jsonb || jsonb_build_object(m.field, m.value)),
    m.code, pg_temp.message(m.code), m.description
) FROM malformed AS m
WHERE
    (m.field, m.code) IN (
        ('user_id', 'WA101'), ('amount', 'WA102'), ('amount', 'WA103'), ('amount', 'WA105'),
        ('idempotency_key', 'WA104'), ('metadata', 'WA111'), ('actor', 'WA106')
    );
SELECT throws_ok(
    pg_temp.call('reverse', :'request'::jsonb || v.change), v.code, pg_temp.message(v.code),
    v.description
) FROM (
    VALUES
    ('{"transaction_id": null}'::jsonb, 'WA101', 'no transaction'),
    (jsonb_build_object('transaction_id', :'nobody'), 'WA206', 'one that there never was'),
    (jsonb_build_object('user_id', :'bob'), 'WA206', 'another user''s transaction'),
    (jsonb_build_object('user_id', :'nobody'), 'WA206', 'a user that there never was'),
    ('{"reason": null}', 'WA101', 'no reason'),
    ('{"reason": ""}', 'WA106', 'an empty reason'),
    ('{"reason": "a\nb"}', 'WA106', 'a line break in the reason'),
    (jsonb_build_object('reason', repeat('r', 256)), 'WA106', 'a reason of 256 characters'),
    ('{"policy": null}', 'WA101', 'no policy'),
    ('{"policy": "CLAMP"}', 'WA110', 'a policy in upper case'),
    ('{"policy": ""}', 'WA110', 'an empty policy'),
    ('{"amount": 21}', 'WA408', 'more than is left'),
    (jsonb_build_object('transaction_id', :'reversal'), 'WA309', 'a reversal'),
    (jsonb_build_object('transaction_id', :'reversal', 'amount', NULL), 'WA309', 'a whole one'),
    (jsonb_build_object('transaction_id', :'hold_id'), 'WA309', 'a hold'),
    (jsonb_build_object('transaction_id', :'release'), 'WA309', 'a release')
) AS v (change, code, description);
SELECT is(
    pg_temp.refusal_of(
        pg_temp.call(
            'reverse', :'request'::jsonb || jsonb_build_object('transaction_id', :'reversal')
        )
    ),
    (
        'WA309', 'the transaction can''t be reversed',
        format('Transaction %s is a REVERSAL.', :'reversal'),
        'Repeat the movement that was reversed, or release the hold.'
    )::pg_temp.refusal,
    'a reversal is not reversed, but the movement repeated'
);
SELECT is(
    (wallet.get_balance(:'alice', 'GOLD')).balance, 80::numeric,
    'a refused request leaves nothing behind'
);
SELECT results_eq(
    format('SELECT r.balance, r.is_replay FROM (%s) AS r', pg_temp.call('reverse', :'request')),
    'VALUES (100::numeric, false)', 'its key is free, and the longest is good'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
