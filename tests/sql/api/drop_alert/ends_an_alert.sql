BEGIN;
SELECT plan(8);
\ir ../../support/_alerts.sql

SELECT asset FROM wallet.create_asset('RUBY', 'Ruby') \gset
SELECT balance FROM wallet.bonus(:'alice', 'RUBY', 120, 'ruby') \gset
SELECT (pg_temp.alert($$
    'low', 'balance', 'RUBY', p_direction => 'below', p_threshold => 100
$$)).alert AS low \gset
SELECT subscription FROM wallet.create_subscription(
    'alerts', p_kinds => '{ALERT}', p_start => 'beginning'
) \gset
SELECT balance FROM wallet.spend(:'alice', 'RUBY', 50, 'ruby-2') \gset
SELECT is(pg_temp.look(), 'low alice 70', 'raised');

SELECT throws_ok(
    pg_temp.call('drop_alert', '{"alert": "low"}'::jsonb || v.change),
    v.code, pg_temp.message(v.code), v.change::text
) FROM (
    VALUES
    ('{"alert": null}'::jsonb, 'WA101'),
    ('{"actor": "a\nb"}', 'WA106'),
    ('{"alert": "LOW"}', 'WA221')
) AS v (change, code);
SELECT lives_ok($$ SELECT wallet.drop_alert('low', 'till-3') $$, 'it ends');
SELECT is(
    (
        SELECT count(*) FROM wallet.list_alerts()
    ) + (
        SELECT count(*) FROM wallet_private.alert_crossing
    ), 0::bigint, 'with what was known of it'
);
SELECT results_eq(
    $$ SELECT e.reference, e.balance FROM pg_temp.read('alerts', 10) AS e $$,
    $$ VALUES ('low', 70::numeric) $$, 'but what it raised can be read'
);
SELECT results_eq(
    $$
        SELECT a.actor, a.subject FROM wallet.operator_action AS a WHERE a.name = 'drop_alert'
    $$,
    $$ VALUES ('till-3', 'low') $$, 'it is recorded who did it'
);

SELECT * FROM finish();
ROLLBACK;
