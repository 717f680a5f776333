BEGIN;
SELECT plan(17);
\ir ../../support/_alerts.sql

SELECT asset FROM wallet.create_asset('STAR', 'Star', p_lot_order => 'expiring_first') \gset
CREATE FUNCTION pg_temp.star(p_user_id uuid, p_amount numeric, p_life interval) RETURNS uuid
LANGUAGE sql
AS $$
    SELECT b.transaction_id FROM wallet.bonus(
        p_user_id, 'STAR', p_amount, gen_random_uuid()::text,
        p_expires_at => clock_timestamp() + p_life
    ) AS b
$$;
SELECT pg_temp.star(:'alice', 10, '5 days') AS moved \gset
SELECT pg_temp.star(:'alice', 20, '9 days') AS moved \gset
SELECT balance FROM wallet.bonus(:'alice', 'STAR', 5, 'for ever') \gset
SELECT (pg_temp.alert($$
    'soon', 'expiring', 'STAR', p_within => '7 days'
$$)).alert AS soon \gset
SELECT (pg_temp.alert(format($$
    'bobs', 'expiring', 'STAR', p_user_id => %L, p_within => '1 day'
$$, :'bob'))).alert AS bobs \gset

SELECT is(pg_temp.look(), 'soon alice 10', 'what was there already and expires soon');
SELECT results_eq(
    $$
        SELECT e.details -> 'lots', (e.details ->> 'expires_at')::timestamptz
        FROM wallet_private.alert_event AS e
    $$,
    $$ SELECT '[1]'::jsonb, l.expires_at FROM wallet_private.lot AS l WHERE l.lot_id = 1 $$,
    'it says which lots, and when the first of them expires'
);
SELECT is(pg_temp.look(), NULL, 'that is told once');
SELECT pg_temp.star(:'alice', 1, '1 hour') AS moved \gset
SELECT pg_temp.star(:'alice', 2, '2 hours') AS moved \gset
SELECT is(pg_temp.look(), 'soon alice 3', 'each user is told once for all credits of a look');
SELECT pg_temp.star(:'bob', 3, '6 days') AS moved \gset
SELECT pg_temp.star(:'bob', 4, '20 hours') AS moved \gset
SELECT is(
    pg_temp.look(), 'soon bob 7, bobs bob 4', 'by each alert of what is within its interval'
);
SELECT balance FROM wallet.spend(:'bob', 'STAR', 1, 'a star') \gset
SELECT is(pg_temp.look(), NULL, 'a movement is no reason to tell it again');

-- As time goes by.
UPDATE wallet_private.alert SET told_until_at = told_until_at - interval '3 days';
UPDATE wallet_private.lot SET expires_at = expires_at - interval '3 days'
WHERE lot_id = 2;
SELECT is(pg_temp.look(), 'soon alice 20', 'what has come near');
SELECT is(pg_temp.look(), NULL, 'once');

-- What is not about to expire: what is used up, or held.
SELECT pg_temp.star(:'alice', 6, '30 minutes') AS used \gset
SELECT transaction_id AS spend FROM wallet.spend(:'alice', 'STAR', 6, 'all of it') \gset
SELECT is(pg_temp.look(), NULL, 'what is used up does not expire');
SELECT transaction_id AS reversal
FROM wallet.reverse(:'alice', :'spend', NULL, 'a mistake', 'back') \gset
SELECT is(pg_temp.look(), 'soon alice 6', 'what is given back does');
SELECT pg_temp.star(:'alice', 8, '1 minute') AS held \gset
SELECT hold_id AS hold FROM wallet.place_hold(:'alice', 'STAR', 8, '1 hour', 'hold of stars') \gset
SELECT is(pg_temp.look(), NULL, 'what is held does not');
SELECT status FROM wallet.release_hold(:'alice', :'hold', 'release of stars') \gset
SELECT is(pg_temp.look(), 'soon alice 8', 'what is released does');

-- In small steps, also where many expire at one instant.
SELECT count(*) AS lots FROM (
    SELECT
        now() + interval '2 days' AS expires_at,
        i.n
    FROM generate_series(1, 7) AS i (n)
) AS s
CROSS JOIN LATERAL wallet.bonus(
    :'bob', 'STAR', s.n, 'step ' || s.n, p_expires_at => s.expires_at
) \gset
CALL pg_temp.settle();
UPDATE wallet_private.alert_feed SET place = ROW(
    (SELECT max(t.feed_position) FROM wallet_private.transfer AS t),
    'ffffffff-ffff-ffff-ffff-ffffffffffff', 0, 0
);
UPDATE wallet_private.alert SET told_until_at = now();
SELECT is(
    pg_temp.look(3), 'soon bob 6, soon bob 15, soon bob 7', 'three at a time, each of them once'
);
SELECT is(pg_temp.look(3), NULL, 'and no more');

-- What has expired is told of no more, and is forgotten.
UPDATE wallet_private.alert_lot SET expires_at = now() - interval '1 second';
UPDATE wallet_private.lot SET expires_at = now() - interval '1 second'
WHERE expires_at IS NOT NULL;
UPDATE wallet_private.alert SET told_until_at = now() - interval '10 days';
SELECT is(pg_temp.look(), NULL, 'what has expired is not about to');
SELECT is_empty('SELECT * FROM wallet_private.alert_lot', 'nor is it remembered');

SELECT throws_ok(
    format('SELECT * FROM wallet.check_alerts(%s)', 0), 'WA109', pg_temp.message('WA109'),
    'no look at nothing'
);

SELECT * FROM finish();
ROLLBACK;
