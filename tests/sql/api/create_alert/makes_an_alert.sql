BEGIN;
SELECT plan(5);
\ir ../../support/_alerts.sql

SELECT asset FROM wallet.create_asset('STAR', 'Star', p_lot_order => 'free_first') \gset
SELECT campaign FROM wallet.create_campaign('spring', 'SILVER', 100) \gset
SELECT results_eq(
    format(
        $$
            SELECT a.*::text
            FROM (
                VALUES
                (
                    'low', 'balance', 'GOLD', NULL, %L::uuid, 'below', 10, 5, NULL::boolean,
                    NULL::interval
                ),
                ('all', 'outstanding', 'GOLD', NULL, NULL, 'above', 1, NULL, NULL, NULL),
                ('left', 'supply', 'GOLD', NULL, NULL, 'below', 0.1, 0.05, true, NULL),
                ('budget', 'budget', NULL, 'spring', NULL, 'below', 10, 0, false, NULL),
                ('soon', 'expiring', 'STAR', NULL, NULL, NULL, NULL, NULL, NULL, '7 days')
            ) AS v (
                code, measure, asset, campaign, user_id, direction, threshold, margin, is_share,
                within
            )
            CROSS JOIN LATERAL wallet.create_alert(
                v.code, v.measure, v.asset, v.campaign, v.user_id, v.direction, v.threshold,
                v.margin, v.is_share, v.within, 'till-3'
            ) AS m
            CROSS JOIN LATERAL (
                SELECT
                    m.alert, m.measure, m.asset, m.campaign, m.user_id, m.direction, m.threshold,
                    m.margin, m.is_share, m.within, m.value = CASE m.measure
                        WHEN 'outstanding'
                            THEN (SELECT t.outstanding FROM wallet.treasury('GOLD') AS t)
                        WHEN 'supply'
                            THEN (SELECT t.remaining FROM wallet.treasury('GOLD') AS t)
                        WHEN 'budget' THEN 100
                    END, m.crossed
            ) AS a
        $$, :'alice'
    ),
    format(
        $$
            VALUES
            ('(low,balance,GOLD,,%s,below,10,5,,,,0)'),
            ('(all,outstanding,GOLD,,,above,1,0,,,t,0)'),
            ('(left,supply,GOLD,,,below,0.1,0.05,t,,t,0)'),
            ('(budget,budget,SILVER,spring,,below,10,0,f,,t,0)'),
            ('(soon,expiring,STAR,,,,,,,168:00:00,,0)')
        $$, :'alice'
    ),
    'each measure has what belongs to it'
);
SELECT results_eq(
    'SELECT a.alert FROM wallet.list_alerts() AS a',
    $$ VALUES ('all'), ('budget'), ('left'), ('low'), ('soon') $$, 'they are listed by code'
);
SELECT results_eq(
    $$
        SELECT DISTINCT a.actor, count(*) OVER () FROM wallet.operator_action AS a
        WHERE a.name = 'create_alert'
    $$,
    $$ VALUES ('till-3', 5::bigint) $$, 'it is recorded who made them'
);
SELECT is(
    (
        SELECT c.alerts FROM wallet.check_alerts() AS c
    ), 0, 'what is there already raises nothing'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
