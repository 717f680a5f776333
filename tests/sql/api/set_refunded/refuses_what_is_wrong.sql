BEGIN;
SELECT plan(40);
\ir ../../support/_refunds.sql

SELECT transaction_id AS paid FROM wallet.topup(:'bob', 'POINTS', 100, 'pay') \gset
SELECT transaction_id AS spent FROM wallet.spend(:'bob', 'POINTS', 30, 'spend') \gset
SELECT outcome FROM wallet.set_refunded(:'bob', :'paid', 10, '2026-01-02 00:00:00+00') \gset
SELECT jsonb_build_object(
    'user_id', :'bob', 'transaction_id', :'paid', 'refunded', 20.50,
    'signed_at', '2026-01-03 00:00:00+00', 'policy', 'reject', 'reference', repeat('r', 255),
    'metadata', jsonb_build_object('a', repeat('m', 8183)), 'actor', repeat('a', 255)
) AS request \gset

SELECT throws_ok(
    pg_temp.call('set_refunded', :'request'::jsonb || jsonb_build_object(m.field, m.value)),
    m.code, pg_temp.message(m.code), m.description
) FROM malformed AS m
WHERE
    (m.field, m.code) IN (
        ('user_id', 'WA101'), ('reference', 'WA106'), ('metadata', 'WA111'), ('actor', 'WA106')
    );
SELECT throws_ok(
    pg_temp.call('set_refunded', :'request'::jsonb || v.change), v.code, pg_temp.message(v.code),
    v.description
) FROM (
    VALUES
    ('{"transaction_id": null}'::jsonb, 'WA101', 'no transaction'),
    ('{"refunded": null}', 'WA101', 'no total'),
    ('{"refunded": -1}', 'WA102', 'a negative total'),
    ('{"refunded": "NaN"}', 'WA102', 'no number'),
    ('{"refunded": 1.005}', 'WA103', 'too many decimals'),
    ('{"refunded": 1000000000000001}', 'WA105', 'too large a total'),
    ('{"refunded": 100.01}', 'WA408', 'more than was credited'),
    ('{"refunded": 80.01}', 'WA401', 'more than is there'),
    ('{"signed_at": null}', 'WA101', 'no moment'),
    ('{"signed_at": "infinity"}', 'WA109', 'no moment that comes'),
    ('{"signed_at": "1999-12-31 23:00:00+00"}', 'WA109', 'seconds for milliseconds'),
    (
        jsonb_build_object('signed_at', clock_timestamp() + interval '2 hours'), 'WA109',
        'a moment to come'
    ),
    ('{"signed_at": "2026-01-02 00:00:00+00"}', 'WA340', 'another total of the same moment'),
    ('{"policy": null}', 'WA101', 'no policy'),
    ('{"policy": "owe"}', 'WA110', 'a policy that there is not'),
    (jsonb_build_object('transaction_id', :'nobody'), 'WA206', 'one that there never was'),
    (jsonb_build_object('user_id', :'alice'), 'WA206', 'another user''s transaction'),
    (jsonb_build_object('transaction_id', :'spent'), 'WA117', 'a spend')
) AS v (change, code, description);
SELECT is(
    pg_temp.refusal_of(pg_temp.call(
        'set_refunded', :'request'::jsonb || '{"signed_at": "2026-01-02 00:00:00+00"}'
    )),
    (
        'WA340', 'the store has said something else',
        format(
            'As of 2026-01-02 00:00:00+00 10.00 of transaction %s is refunded, not 20.50.', :'paid'
        ),
        'Give the moment at which the store signed this notice.'
    )::pg_temp.refusal,
    'two totals of one moment'
);
SELECT is(pg_temp.state(:'bob', 'POINTS'), '60.00, owes 0.00', 'nothing has moved');
SELECT results_eq(
    format('SELECT r.outcome, r.amount FROM (%s) AS r', pg_temp.call('set_refunded', :'request')),
    'VALUES (''taken'', 10.50)', 'the longest is good'
);

-- A cap counts what is given back.
SELECT transaction_id AS capped FROM wallet.topup(:'bob', 'GOLD', 100, 'pay-2') \gset
SELECT pg_temp.notice(:'bob', :'capped', 100, 1) AS taken \gset
SELECT amount FROM wallet.topup(:'bob', 'GOLD', 850, 'pay-3') \gset
SELECT throws_ok(
    format('SELECT pg_temp.notice(%L, %L, 0, 2)', :'bob', :'capped'), 'WA402',
    pg_temp.message('WA402'), 'what others have been issued meanwhile is not given back'
);
SELECT is(pg_temp.notice(:'bob', :'capped', 50, 3), 'given_back 50', 'but what the cap leaves');
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
