BEGIN;
SELECT plan(5);
\ir ../../support/_feed.sql

SELECT (statement_timestamp() AT TIME ZONE 'UTC')::date AS today \gset
SELECT user_id AS ann FROM wallet.create_user('ann', 'Ann') \gset
SELECT user_id AS ben FROM wallet.create_user('ben', 'Ben') \gset
SELECT user_id AS cy FROM wallet.create_user('cy') \gset
CREATE FUNCTION pg_temp.line(p_who text, p_days integer, p_kind text, p_amount numeric)
RETURNS wallet_private.history_line
LANGUAGE sql
AS $$
    SELECT row(
        NULL, p_who, NULL, 'POINTS', p_kind, p_amount,
        ((statement_timestamp() AT TIME ZONE 'UTC')::date - p_days)::timestamp AT TIME ZONE 'UTC',
        NULL, NULL, NULL
    )::wallet_private.history_line
$$;
-- The days of 7 begin 7 days ago, as today does not count.
SELECT count(*) AS lines FROM wallet_private.import_history(ARRAY[
    pg_temp.line('ann', 91, 'BONUS', 1000),
    pg_temp.line('ann', 90, 'TOPUP', 500),
    pg_temp.line('ann', 90, 'BONUS', 2),
    pg_temp.line('ann', 31, 'SPEND', 30),
    pg_temp.line('ann', 30, 'SPEND', 40.5),
    pg_temp.line('ann', 8, 'BONUS', 3),
    pg_temp.line('ann', 7, 'BONUS', 4),
    pg_temp.line('ben', 7, 'BONUS', 50),
    pg_temp.line('ben', 1, 'BONUS', 5),
    pg_temp.line('cy', 1, 'BONUS', 5.5),
    pg_temp.line('cy', 1, 'SPEND', 5.5)
]) \gset
SELECT wallet.fold_economy() AS folded \gset
SELECT wallet.rank_users() AS ranked \gset
PREPARE told AS
SELECT
    l.from_day - :'today'::date,
    l.to_day - :'today'::date,
    l.direction,
    l.rank,
    l.user_id,
    l.name,
    l.amount,
    l.users,
    l.median,
    l.times_median
FROM wallet.leaders('POINTS', $1) AS l;
SELECT results_eq(
    'EXECUTE told(7)',
    format(
        $$
            VALUES
            (-7, -1, 'earned', 1, %L::uuid, 'Ben', 55.00, 3::bigint, 5.50, 10.0),
            (-7, -1, 'earned', 2, %L, NULL, 5.50, 3, 5.50, 1.0),
            (-7, -1, 'earned', 3, %L, 'Ann', 4.00, 3, 5.50, 0.7),
            (-7, -1, 'spent', 1, %L, NULL, 5.50, 1, 5.50, 1.0)
        $$, :'ben', :'cy', :'ann', :'cy'
    ), 'of 7 days; one who earned 10 times what others did'
);
SELECT results_eq(
    'EXECUTE told(NULL)',
    format(
        $$
            VALUES
            (-30, -1, 'earned', 1, %L::uuid, 'Ben', 55.00, 3::bigint, 7.00, 7.9),
            (-30, -1, 'earned', 2, %L, 'Ann', 7.00, 3, 7.00, 1.0),
            (-30, -1, 'earned', 3, %L, NULL, 5.50, 3, 7.00, 0.8),
            (-30, -1, 'spent', 1, %L, 'Ann', 40.50, 2, 5.50, 7.4),
            (-30, -1, 'spent', 2, %L, NULL, 5.50, 2, 5.50, 1.0)
        $$, :'ben', :'ann', :'cy', :'ann', :'cy'
    ), 'of 30 by default'
);
SELECT results_eq(
    $$
        SELECT l.rank, l.user_id, l.amount FROM wallet.leaders('POINTS', 90) AS l
        WHERE l.user_id = (SELECT f.user_id FROM wallet.find_user('ann') AS f)
    $$,
    format('VALUES (2, %L::uuid, 9.00), (1, %L, 70.50)', :'ann', :'ann'), 'of 90, and not of 91'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

-- Of today, as if it were over: movements of every kind. Alice bought for 30, of which she got 10
-- back, and 15 of a hold were captured. A conversion is neither, as is what is topped up.
SELECT results_eq(
    format(
        $$
            SELECT
                format('%%s %%s %%s', a.code, r.direction, trim_scale(r.amount)) COLLATE "default"
            FROM wallet_private.ranking(%L) AS r
            INNER JOIN wallet_private.asset AS a ON r.asset_id = a.asset_id
            WHERE r.days = 7 AND r.user_id = %L
            ORDER BY 1
        $$, :'today', :'alice'
    ),
    ARRAY[
        'COPPER earned 10', 'GOLD earned 100', 'GOLD spent 45', 'POINTS earned 25.5',
        'POINTS spent 0.5', 'SILVER earned 75'
    ],
    'what counts as earned and spent'
);

SELECT * FROM finish();
ROLLBACK;
