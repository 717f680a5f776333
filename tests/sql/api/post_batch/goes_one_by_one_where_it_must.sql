BEGIN;
SELECT plan(9);
\ir ../../_setup.sql

-- What six users ask for. They have nothing yet, and in TIN no wallet.
CREATE TEMPORARY TABLE saver AS
SELECT
    n,
    u.user_id
FROM generate_series(1, 6) AS n, wallet.create_user('saver ' || n) AS u;
SELECT asset FROM wallet.create_asset('TIN', 'Tin') \gset
SELECT asset FROM wallet.create_asset('STAR', 'Star', p_lot_order => 'paid_first') \gset
CREATE TEMPORARY TABLE batch AS
SELECT
    r.batch,
    array_agg((s.user_id, r.kind, r.asset, r.amount, r.key, NULL, NULL)::wallet.request) AS requests
FROM
    saver AS s,
    LATERAL (
        VALUES
        ('alike', 'TOPUP', 'GOLD', 10, 'a'),
        ('missing', 'BONUS', 'TIN', 10, 'b'),
        ('several', 'TOPUP', 'GOLD', 10, 'c'),
        ('several', 'TOPUP', 'GOLD', 10, 'd'),
        ('several', 'TOPUP', 'GOLD', 10, 'first GOLD'),
        (
            'mixed',
            'SPEND',
            'GOLD',
            CASE s.n WHEN 1 THEN 41 ELSE 1 END,
            CASE s.n WHEN 2 THEN 'a' ELSE 'e' END
        ),
        ('mixed runs', 'SPEND', 'GOLD', 1, 'f'),
        ('mixed runs', 'SPEND', 'GOLD', 1, CASE s.n WHEN 2 THEN 'a' ELSE 'g' END),
        ('lots', 'TOPUP', 'STAR', 10, 'h'),
        ('lots', 'SPEND', 'STAR', 4, 'i'),
        ('lots', 'BONUS', 'STAR', 10, 'j'),
        ('lots', 'SPEND', 'GOLD', 1, 'k'),
        ('mixed lots', 'SPEND', 'STAR', CASE s.n WHEN 1 THEN 17 ELSE 1 END, 'l'),
        ('mixed lots', 'SPEND', 'STAR', 1, CASE s.n WHEN 2 THEN 'a' ELSE 'm' END),
        ('special lots', 'SPEND', 'STAR', 1, 'n'),
        ('limited lots', 'SPEND', 'STAR', 1, 'o')
    ) AS r (batch, kind, asset, amount, key)
GROUP BY r.batch;

-- How often a batch locks all its wallets first, and how many of its requests go one by one: the
-- calls of lock_batch and of post_one, which the server counts.
SET LOCAL track_functions = 'pl';
CREATE FUNCTION pg_temp.calls(p_function text) RETURNS bigint
LANGUAGE sql
VOLATILE
AS $$
    SELECT coalesce(sum(pg_stat_get_xact_function_calls(p.oid)), 0)::bigint FROM pg_proc AS p
    WHERE p.proname = p_function AND p.pronamespace = 'wallet_private'::regnamespace
$$;
CREATE FUNCTION pg_temp.effort(p_batch text) RETURNS bigint[]
LANGUAGE plpgsql
VOLATILE
AS $$
DECLARE
    v_locked bigint := pg_temp.calls('lock_batch');
    v_alone bigint := pg_temp.calls('post_one');
BEGIN
    PERFORM wallet.post_batch(b.requests) FROM batch AS b WHERE b.batch = p_batch;
    RETURN ARRAY[pg_temp.calls('lock_batch') - v_locked, pg_temp.calls('post_one') - v_alone];
END
$$;

SELECT is(pg_temp.effort('alike'), '{0,0}', 'one request of each user');
SELECT is(pg_temp.effort('missing'), '{1,0}', 'wallets that are missing are opened');
SELECT is(
    pg_temp.effort('several'),
    '{1,0}',
    'several requests of each, with another user''s key among them'
);
SELECT is(
    pg_temp.effort('mixed'), '{1,2}', 'a balance that is too low and a key that is used go alone'
);
SELECT is(
    pg_temp.effort('mixed runs'), '{2,2}',
    'a key that is used ends the first try, and then sends all on its wallet alone'
);
SELECT is(pg_temp.effort('lots'), '{1,0}', 'lots are made and used together');
SELECT is(
    pg_temp.effort('mixed lots'), '{2,4}',
    'a balance that is too low and a key that is used send all on their wallets with lots alone'
);

-- The first saver's lots have expired, so has the second one's hold, and the third one is in debt.
UPDATE wallet_private.lot AS l SET expires_at = clock_timestamp()
FROM saver AS s
WHERE s.n = 1 AND l.user_id = s.user_id;
SELECT hold_id FROM saver AS s, wallet.place_hold(s.user_id, 'STAR', 1, '1 day', 'hold')
WHERE s.n = 2 \gset
UPDATE wallet_private.hold AS h SET expires_at = clock_timestamp()
WHERE h.hold_id = :'hold_id';
INSERT INTO wallet_private.debt (user_id, asset_id, amount)
SELECT
    s.user_id,
    a.asset_id,
    1 AS amount
FROM saver AS s, wallet_private.asset AS a
WHERE s.n = 3 AND a.code = 'STAR';
SELECT is(
    pg_temp.effort('special lots'), '{1,3}', 'what has expired and a debt have to be seen to'
);
SELECT limit_id
FROM wallet.create_limit('often', 'STAR', 'count', 9, 'debit', p_period => 'day') \gset
SELECT is(pg_temp.effort('limited lots'), '{1,6}', 'limits have to be seen to');

SELECT * FROM finish();
ROLLBACK;
