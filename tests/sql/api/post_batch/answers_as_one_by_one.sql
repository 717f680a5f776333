BEGIN;
SELECT plan(22);
\ir ../../support/_batches.sql

-- Few users with little SILVER, some of it held, in an order that looks random but is the same
-- each time; some keys were used before or come twice, and some requests are wrong. RUBY has a low
-- cap, and nobody has a wallet in it yet. STAR has lots, a cap, and lots that are held in part.
CREATE TEMPORARY TABLE person AS
SELECT u.user_id
FROM generate_series(1, 6) AS g (n)
CROSS JOIN LATERAL wallet.create_user(g.n::text) AS u;
SELECT count(*) AS bonuses
FROM person AS p
CROSS JOIN (
    VALUES ('key-3'), ('key-7'), ('key-11')
) AS k (key)
CROSS JOIN LATERAL wallet.bonus(p.user_id, 'SILVER', 5, k.key) \gset
SELECT count(*) AS holds
FROM person AS p
CROSS JOIN LATERAL wallet.place_hold(p.user_id, 'SILVER', 8, interval '1 day', 'hold') \gset
SELECT asset FROM wallet.create_asset(
    'STAR', 'Star', p_supply => 150, p_lot_order => 'paid_first', p_expires_in => '1 day'
) \gset
SELECT
    count(*) FILTER (WHERE wallet.bonus(p.user_id, 'STAR', 3, 'star') IS NOT NULL) AS bonuses,
    count(*) FILTER (WHERE wallet.topup(p.user_id, 'STAR', 4, 'paid') IS NOT NULL) AS topups,
    count(*) FILTER (
        WHERE wallet.place_hold(p.user_id, 'STAR', 2, '1 day', 'held') IS NOT NULL
    ) AS holds
FROM person AS p \gset
INSERT INTO person VALUES (:'frozen'), (:'nobody');
SELECT asset FROM wallet.create_asset('RUBY', 'Ruby', p_supply => 40) \gset

CREATE FUNCTION pg_temp.pick(p_choices anyarray, p_seed text) RETURNS anyelement
LANGUAGE sql
IMMUTABLE
AS $$
    SELECT p_choices[1 + ('x' || left(md5(p_seed), 6))::bit(24)::integer % cardinality(p_choices)]
$$;
CREATE FUNCTION pg_temp.batch(p_round integer, p_size integer) RETURNS wallet.request[]
LANGUAGE sql
STABLE
AS $$
    SELECT array_agg((
        pg_temp.pick(ARRAY(SELECT p.user_id FROM person AS p), 'user' || s.seed),
        pg_temp.pick(ARRAY['SPEND', 'SPEND', 'BONUS', 'TOPUP'], 'kind' || s.seed),
        pg_temp.pick(
            ARRAY[
                'SILVER', 'SILVER', 'POINTS', 'STAR', 'STAR',
                CASE WHEN s.is_odd THEN 'COPPER' ELSE 'RUBY' END
            ],
            'asset' || s.seed
        ),
        pg_temp.pick(
            ARRAY[1, 2, 3, 5, 7, CASE WHEN s.is_odd THEN 0.25 ELSE 9 END], 'amount' || s.seed
        ),
        'key-' || CASE WHEN s.is_odd THEN pg_temp.pick(ARRAY[3, s.ord], s.seed) ELSE s.ord END,
        NULL,
        NULL
    )::wallet.request ORDER BY s.ord)
    FROM (
        SELECT
            g.ord,
            format('%s %s', p_round, g.ord) AS seed,
            pg_temp.pick(ARRAY[false, false, p_round % 2 = 0], format('odd %s %s', p_round, g.ord))
                AS is_odd
        FROM generate_series(1, p_size) AS g (ord)
    ) AS s
$$;

SELECT is_empty(
    format('SELECT * FROM pg_temp.difference(pg_temp.batch(%s, %s))', round, round * 3),
    'batch ' || round
) FROM generate_series(1, 20) AS g (round);
SELECT set_eq(
    'SELECT DISTINCT answer ->> ''code'' FROM generate_series(1, 20) AS g (round), '
    'pg_temp.outcome(''wallet.post_batch'', pg_temp.batch(g.round, 80))',
    ARRAY[NULL, 'WA103', 'WA201', 'WA301', 'WA401', 'WA402', 'WA501', 'WA503'],
    'with all kinds of answers'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
