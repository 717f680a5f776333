BEGIN;
SELECT plan(3);
\ir ../../support/_alerts.sql

SELECT is_empty('SELECT * FROM wallet.list_alerts()', 'at first there is none');
SELECT count(*) AS made FROM (VALUES ('b'), ('c'), ('a')) AS v (code)
CROSS JOIN LATERAL wallet.create_alert(
    v.code, 'balance', 'GOLD', p_direction => 'below', p_threshold => 1
) \gset
SELECT results_eq(
    'SELECT a.alert FROM wallet.list_alerts() AS a', $$ VALUES ('a'), ('b'), ('c') $$,
    'they come by code'
);
INSERT INTO wallet_private.alert_crossing (alert_id, user_id)
SELECT
    a.alert_id,
    u.user_id
FROM wallet_private.alert AS a
CROSS JOIN wallet_private.user_account AS u
WHERE a.code = 'b';
SELECT results_eq(
    $$ SELECT a.alert FROM wallet.list_alerts() AS a WHERE a.crossed > 0 $$,
    $$ VALUES ('b') $$, 'with how many values are beyond the threshold'
);

SELECT * FROM finish();
ROLLBACK;
