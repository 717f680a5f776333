BEGIN;
SELECT plan(24);
\ir ../../support/_alerts.sql

SELECT results_eq(
    'SELECT a.alerts, a.transfers, a.is_last FROM wallet.check_alerts() AS a',
    'VALUES (0, 0, true)', 'without alerts nothing is looked at'
);
SELECT is_empty(
    'SELECT FROM wallet_private.alert_feed AS f WHERE f.place IS NOT NULL', 'nor is it written'
);
-- Alice has 1000 SILVER, Bob has 20 of them, and both of these are there already.
SELECT count(*) AS bonuses FROM (
    VALUES (:'alice'::uuid, 1000), (:'bob', 20)
) AS v (user_id, amount)
CROSS JOIN LATERAL wallet.adjust(
    v.user_id, 'SILVER',
    v.amount - (SELECT b.balance FROM wallet.get_balance(v.user_id, 'SILVER') AS b),
    'set ' || v.amount, 'to begin with'
) \gset
SELECT (pg_temp.alert($$
    'low', 'balance', 'SILVER', p_direction => 'below', p_threshold => 100, p_margin => 50
$$)).alert AS low \gset
SELECT (pg_temp.alert($$
    'high', 'balance', 'SILVER', p_direction => 'above', p_threshold => 1000
$$)).alert AS high \gset
SELECT (pg_temp.alert(format($$
    'bobs', 'balance', 'SILVER', p_user_id => %L, p_direction => 'below', p_threshold => 10
$$, :'bob'))).alert AS bobs \gset
SELECT is(pg_temp.look(), NULL, 'who is beyond a threshold already has not crossed it');

CREATE FUNCTION pg_temp.move(p_user_id uuid, p_amount numeric) RETURNS void
LANGUAGE sql
AS $$
    SELECT wallet.adjust(p_user_id, 'SILVER', p_amount, gen_random_uuid()::text, 'a test')
$$;
SELECT pg_temp.move(:'alice', -900) AS moved \gset
SELECT is(pg_temp.look(), NULL, 'the threshold itself is not below it');
SELECT pg_temp.move(:'alice', -1) AS moved \gset
SELECT is(pg_temp.look(), 'low alice 99', 'it has fallen below');
SELECT is(pg_temp.look(), NULL, 'that is told once');
SELECT pg_temp.move(:'alice', -1) AS moved \gset
SELECT is(pg_temp.look(), NULL, 'and not when it falls on');
SELECT pg_temp.move(:'alice', 51) AS moved \gset
SELECT results_eq(
    'SELECT a.alert, a.crossed FROM wallet.list_alerts() AS a',
    $$ VALUES ('bobs', 0::bigint), ('high', 0), ('low', 1) $$, 'one'
);
SELECT pg_temp.move(:'alice', -60) AS moved \gset
SELECT is(pg_temp.look(), NULL, 'it was not back by the margin');
SELECT pg_temp.move(:'alice', 61) AS moved \gset
SELECT is(pg_temp.look(), NULL, 'now it is');
SELECT results_eq(
    'SELECT a.alert, a.crossed FROM wallet.list_alerts() AS a',
    $$ VALUES ('bobs', 0::bigint), ('high', 0), ('low', 0) $$, 'none'
);
SELECT pg_temp.move(:'alice', -60) AS moved \gset
SELECT is(pg_temp.look(), 'low alice 90', 'so it can be raised again');

-- Whatever lies between two looks.
SELECT count(*) AS moves FROM (VALUES (60), (-51), (51), (-52), (902)) AS v (amount)
CROSS JOIN LATERAL pg_temp.move(:'alice', v.amount) \gset
SELECT is(
    pg_temp.look(1), 'low alice 99, low alice 98', 'what crosses and comes back is noticed'
);
SELECT pg_temp.move(:'alice', 1) AS moved \gset
SELECT is(pg_temp.look(), 'high alice 1001', 'above is the other way round');
SELECT pg_temp.move(:'alice', -1) AS moved \gset
SELECT pg_temp.move(:'alice', 5) AS moved \gset
SELECT is(pg_temp.look(), 'high alice 1005', 'without a margin the threshold is back');

-- One user's, and several alerts of one movement.
SELECT pg_temp.move(:'bob', 180) AS moved \gset
SELECT is(pg_temp.look(), NULL, 'bob is well');
SELECT pg_temp.move(:'bob', -191) AS moved \gset
SELECT is(pg_temp.look(), 'low bob 9, bobs bob 9', 'bob has an alert of his own');
SELECT pg_temp.move(:'alice', -1000) AS moved \gset
SELECT is(pg_temp.look(), 'low alice 5', 'which is not about others');
SELECT status FROM wallet.place_hold(:'bob', 'SILVER', 9, '1 hour', 'held') \gset
SELECT is(pg_temp.look(), NULL, 'a hold moves nothing');
SELECT balance FROM wallet.bonus(:'bob', 'GOLD', 1, 'more gold') \gset
SELECT is(pg_temp.look(), NULL, 'nor does another asset');

-- What it does not commit, the next one does.
SELECT pg_temp.move(:'alice', 500) AS moved \gset
SELECT is(pg_temp.look(), NULL, 'alice is well again');
SELECT pg_temp.move(:'alice', -500) AS moved \gset
CALL pg_temp.settle();
CREATE FUNCTION pg_temp.look_in_vain() RETURNS integer
LANGUAGE plpgsql
AS $$
DECLARE
    v_alerts integer;
BEGIN
    v_alerts := (wallet.check_alerts()).alerts;
    RAISE EXCEPTION 'what was looked at is forgotten';
EXCEPTION
    WHEN raise_exception THEN RETURN v_alerts;
END
$$;
SELECT is(pg_temp.look_in_vain(), 1, 'raised, and forgotten with its transaction');
SELECT is(pg_temp.look(), 'low alice 5', 'it is raised by the next look');
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
