BEGIN;
SELECT plan(7);
\ir ../../support/_feed.sql

SELECT results_eq(
    format(
        $$
            SELECT s.subscription, s.assets, s.kinds, s.user_id, s.behind, s.oldest_at
            FROM wallet.create_subscription(
                'warehouse', '{SILVER,GOLD}', '{SPEND,TOPUP}', %L, p_actor => 'till-3'
            ) AS s
        $$, :'alice'
    ),
    format(
        $$ VALUES (
            'warehouse', '{GOLD,SILVER}'::text[], '{SPEND,TOPUP}'::text[], %L::uuid, 0::bigint,
            NULL::timestamptz
        ) $$, :'alice'
    ),
    'it begins now'
);
SELECT results_eq(
    $$
        SELECT s.assets, s.kinds, s.user_id, s.behind = t.transfers, s.oldest_at = t.oldest_at
        FROM wallet.create_subscription('all', p_start => 'beginning') AS s
        CROSS JOIN (
            SELECT count(*) AS transfers, min(l.created_at) AS oldest_at
            FROM wallet_private.transfer AS l
        ) AS t
    $$,
    $$ VALUES (NULL::text[], NULL::text[], NULL::uuid, true, true) $$,
    'or at the beginning; without a filter all goes through'
);
SELECT is(
    (SELECT assets FROM wallet.create_subscription('none', '{}', '{}')), NULL,
    'an empty filter lets all through'
);
SELECT is(
    (
        SELECT count(*) FROM wallet.read_events('none') AS p
        CROSS JOIN LATERAL unnest(p.events)
    ), 0::bigint,
    'what has moved before now is not read'
);
SELECT balance FROM wallet.bonus(:'bob', 'GOLD', 1, 'later') \gset
SELECT is(
    (SELECT p.is_last FROM wallet.read_events('none') AS p), true,
    'nor what is still under way'
);
SELECT results_eq(
    $$
        SELECT a.actor, a.subject FROM wallet.operator_action AS a
        WHERE a.name = 'create_subscription' ORDER BY a.action_id LIMIT 1
    $$,
    $$ VALUES ('till-3', 'warehouse') $$,
    'it is recorded who made it'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
