BEGIN;
SELECT plan(26);
\ir ../../support/_alerts.sql

CREATE FUNCTION pg_temp.move(p_user_id uuid, p_amount numeric) RETURNS void
LANGUAGE sql
AS $$
    SELECT wallet.adjust(p_user_id, 'RUBY', p_amount, gen_random_uuid()::text, 'a test')
$$;
SELECT asset FROM wallet.create_asset('RUBY', 'Ruby', 2, 1000) \gset
SELECT pg_temp.move(:'alice', 500) AS moved \gset
SELECT pg_temp.move(:'bob', 100) AS moved \gset

-- What is outstanding.
SELECT results_eq(
    $$
        SELECT a.value, a.crossed FROM pg_temp.alert('
            ''much'', ''outstanding'', ''RUBY'', p_direction => ''above'', p_threshold => 700,
            p_margin => 10
        ') AS a
    $$,
    'VALUES (600.00, 0::bigint)', 'it knows what users hold'
);
SELECT is(
    (pg_temp.alert($$
        'left', 'supply', 'RUBY', p_direction => 'below', p_threshold => 0.2,
        p_margin => 0.1, p_is_share => true
    $$)).value,
    400.00, 'and what the cap leaves'
);
SELECT is(
    (pg_temp.alert($$
        'uncapped', 'supply', 'SILVER', p_direction => 'below', p_threshold => 10
    $$)).value,
    NULL, 'without a cap there is nothing to be left'
);
SELECT pg_temp.move(:'alice', 100) AS moved \gset
SELECT is(pg_temp.look(), NULL, 'the threshold is not above it');
SELECT pg_temp.move(:'bob', 0.01) AS moved \gset
SELECT is(pg_temp.look(), 'much 700.01', 'all users count');
SELECT pg_temp.move(:'bob', -10) AS moved \gset
SELECT pg_temp.move(:'alice', 10) AS moved \gset
SELECT is(pg_temp.look(), NULL, 'not back by the margin');
SELECT pg_temp.move(:'bob', -10.01) AS moved \gset
SELECT pg_temp.move(:'alice', 11) AS moved \gset
SELECT is(pg_temp.look(), 'much 701', 'what crosses and comes back is noticed');
SELECT is(
    (
        SELECT a.value FROM wallet.list_alerts() AS a
        WHERE a.alert = 'much'
    ), 701.00,
    'the list says how much it is'
);
SELECT is(
    (
        SELECT a.value FROM wallet.list_alerts() AS a
        WHERE a.alert = 'much'
    ),
    (SELECT t.outstanding FROM wallet.treasury('RUBY') AS t), 'as the treasury does'
);

-- What the cap leaves: less than a fifth of it.
SELECT pg_temp.move(:'alice', 99) AS moved \gset
SELECT is(pg_temp.look(), NULL, 'a fifth is left');
SELECT pg_temp.move(:'alice', 1) AS moved \gset
SELECT is(pg_temp.look(), 'left 199', 'less than a fifth');
SELECT pg_temp.move(:'alice', -100) AS moved \gset
SELECT pg_temp.move(:'alice', 120) AS moved \gset
SELECT is(pg_temp.look(), NULL, 'back by less than a tenth');
SELECT results_eq(
    $$
        SELECT e.details FROM wallet_private.alert_event AS e WHERE e.alert = 'left'
    $$,
    format(
        $$ VALUES (jsonb_build_object(
            'measure', 'supply', 'direction', 'below', 'threshold', '200', 'transaction_id', %L
        )) $$,
        (
            SELECT t.transaction_id FROM wallet_private.transfer AS t
            WHERE t.user_id = :'alice' AND t.balance_after = 721
        )
    ),
    'an event says which movement it was'
);

-- A cap that changes counts when it is looked at.
SELECT supply FROM wallet.change_supply('RUBY', 2000) \gset
SELECT is(pg_temp.look(), NULL, 'it is back by more than a tenth of the new cap');
SELECT supply FROM wallet.change_supply('RUBY', 1000) \gset
SELECT is(pg_temp.look(), 'left 179', 'and crosses without a movement');
SELECT pg_temp.move(:'alice', -10) AS moved \gset
SELECT is(pg_temp.look(), NULL, 'once');

-- A campaign's budget.
SELECT campaign FROM wallet.create_campaign('spring', 'SILVER', 100) \gset
SELECT campaign FROM wallet.create_campaign('endless', 'SILVER') \gset
SELECT results_eq(
    $$
        SELECT a.asset, a.campaign, a.value, a.is_share FROM pg_temp.alert('
            ''spring_low'', ''budget'', p_campaign => ''spring'', p_direction => ''below'',
            p_threshold => 50, p_margin => 5
        ') AS a
    $$,
    $$ VALUES ('SILVER', 'spring', 100::numeric, false) $$, 'it knows what is left'
);
SELECT is(
    (pg_temp.alert($$
        'spring_share', 'budget', 'SILVER', 'spring', p_direction => 'below',
        p_threshold => 0.5, p_is_share => true
    $$)).alert, 'spring_share', 'or by share'
);
SELECT is(
    (pg_temp.alert($$
        'never', 'budget', p_campaign => 'endless', p_direction => 'below', p_threshold => 50
    $$)).value, NULL, 'without a budget nothing is left'
);
SELECT users FROM wallet.grant_batch('spring', ARRAY[
    ROW(:'alice', NULL, NULL, 50, NULL)::wallet.grant_request
]) \gset
SELECT is(pg_temp.look(), NULL, 'half is left');
SELECT users FROM wallet.grant_batch('spring', ARRAY[
    ROW(:'bob', NULL, NULL, 1, NULL)::wallet.grant_request
]) \gset
SELECT is(pg_temp.look(), 'spring_low 49, spring_share 49', 'less than half');
SELECT is(pg_temp.look(), NULL, 'once');
SELECT budget FROM wallet.change_budget('spring', 104) \gset
SELECT is(pg_temp.look(), NULL, 'back by less than the margin, and of the other one by more');
SELECT is(
    (
        SELECT a.crossed FROM wallet.list_alerts() AS a
        WHERE a.alert = 'spring_low'
    ), 1::bigint,
    'so this one is not raised again'
);
SELECT budget FROM wallet.change_budget('spring', 100) \gset
SELECT is(pg_temp.look(), 'spring_share 49', 'but that one');
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
