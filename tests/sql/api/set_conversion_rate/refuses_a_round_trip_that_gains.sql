BEGIN;
SELECT plan(15);
\ir ../../support/_books.sql

-- 50 SILVER convert into 1 GOLD. RUBY and OPAL are made for longer ways.
SELECT count(*) AS assets FROM (
    VALUES ('RUBY'), ('OPAL')
) AS v (code)
CROSS JOIN LATERAL wallet.create_asset(v.code, initcap(v.code)) \gset

SELECT is(
    pg_temp.refusal_of('SELECT wallet.set_conversion_rate(''GOLD'', ''SILVER'', 1, 51)'),
    (
        'WA308', 'the rates would let a round trip gain',
        'GOLD -> SILVER -> GOLD would end with more than it began with.',
        'Give less for it, or change the rates of the way back first.'
    )::pg_temp.refusal,
    'there and back may not gain'
);
SELECT throws_ok(
    'SELECT wallet.set_conversion_rate(''GOLD'', ''SILVER'', 1000000, 50000001)', 'WA308',
    'the rates would let a round trip gain', 'not the least bit'
);
SELECT is(
    (wallet.set_conversion_rate('GOLD', 'SILVER', 1, 50)).to_amount, 50::numeric,
    'to end with as much is no gain'
);
SELECT throws_ok(
    'SELECT wallet.set_conversion_rate(''SILVER'', ''GOLD'', 49, 1)', 'WA308',
    'the rates would let a round trip gain', 'nor may a change of the first rate'
);

-- GOLD -> RUBY -> OPAL -> GOLD
SELECT is(
    (wallet.set_conversion_rate('GOLD', 'RUBY', 2, 3)).to_amount, 3::numeric, 'three rates: one'
);
SELECT is(
    (wallet.set_conversion_rate('RUBY', 'OPAL', 5, 7)).to_amount, 7::numeric, 'two'
);
SELECT is(
    pg_temp.refusal_of('SELECT wallet.set_conversion_rate(''OPAL'', ''GOLD'', 20, 10)'),
    (
        'WA308', 'the rates would let a round trip gain',
        'OPAL -> GOLD -> RUBY -> OPAL would end with more than it began with.',
        'Give less for it, or change the rates of the way back first.'
    )::pg_temp.refusal,
    'a third that makes 20 into 21 is refused'
);
SELECT is(
    (wallet.set_conversion_rate('OPAL', 'GOLD', 21, 10)).to_amount, 10::numeric,
    'one that comes out even is not'
);
SELECT throws_ok(
    'SELECT wallet.set_conversion_rate(''GOLD'', ''RUBY'', 2000, 3001)', 'WA308',
    'the rates would let a round trip gain', 'nor may any of them be bettered then'
);
SELECT throws_ok(
    'SELECT wallet.set_conversion_rate(''SILVER'', ''OPAL'', 500, 22)', 'WA308',
    'the rates would let a round trip gain', 'nor a shorter way be made that gains'
);
SELECT is(
    (wallet.set_conversion_rate('SILVER', 'OPAL', 500, 21)).to_amount, 21::numeric,
    'one that does not may be'
);
SELECT is(
    (wallet.set_conversion_rate(v.from_asset, v.to_asset, v.from_amount, v.to_amount)).to_amount,
    v.to_amount::numeric, 'a rate can always get worse: from ' || v.from_asset
) FROM (
    VALUES ('GOLD', 'RUBY', 2, 1), ('SILVER', 'OPAL', 500, 20)
) AS v (from_asset, to_asset, from_amount, to_amount);
SELECT is(
    (wallet.set_conversion_rate('OPAL', 'GOLD', 20, 10)).to_amount, 10::numeric,
    'a rate that was replaced does not count any more'
);
SELECT is(
    (SELECT count(*) FROM wallet.list_conversion_rates()), 6::bigint,
    'what was refused left nothing behind'
);

SELECT * FROM finish();
ROLLBACK;
