BEGIN;
SELECT plan(16);
\ir ../../support/_alerts.sql

SELECT asset FROM wallet.create_asset('STAR', 'Star', p_lot_order => 'expiring_first') \gset
SELECT asset FROM wallet.create_asset('RUBY', 'Ruby') \gset
SELECT balance FROM wallet.bonus(
    :'alice', 'STAR', 10, 'star', p_expires_at => now() + interval '5 days'
) \gset
SELECT balance FROM wallet.bonus(:'alice', 'RUBY', 120, 'ruby') \gset
SELECT (pg_temp.alert($$
    'low', 'balance', 'RUBY', p_direction => 'below', p_threshold => 100, p_margin => 20
$$)).alert AS low \gset
SELECT (pg_temp.alert($$ 'soon', 'expiring', 'STAR', p_within => '1 day' $$)).alert AS soon \gset
SELECT balance FROM wallet.spend(:'alice', 'RUBY', 50, 'ruby-2') \gset
SELECT is(pg_temp.look(), 'low alice 70', 'raised');

SELECT results_eq(
    $$
        SELECT a.threshold, a.margin, a.crossed FROM wallet.update_alert('low', 50) AS a
    $$,
    'VALUES (50::numeric, 20::numeric, 0::bigint)', 'what is not given stays; nobody is beyond it'
);
SELECT is(pg_temp.look(), NULL, 'that alone raises nothing');
SELECT balance FROM wallet.spend(:'alice', 'RUBY', 21, 'ruby-3') \gset
SELECT is(pg_temp.look(), 'low alice 49', 'it holds for what moves then');
SELECT is(
    (SELECT a.margin FROM wallet.update_alert('low', p_margin => 1, p_actor => 'till-3') AS a),
    1::numeric, 'another margin'
);
SELECT is(
    (
        SELECT a.actor FROM wallet.operator_action AS a
        WHERE a.name = 'update_alert'
        ORDER BY a.action_id DESC LIMIT 1
    ), 'till-3', 'it is recorded who did it'
);
SELECT is(
    (SELECT a.within FROM wallet.update_alert('soon', p_within => '6 days') AS a),
    interval '144 hours', 'an earlier warning'
);
SELECT is(pg_temp.look(), 'soon alice 10', 'tells what is within it now');
SELECT is(
    (SELECT a.within FROM wallet.update_alert('soon', p_within => '5.5 days') AS a),
    interval '132 hours', 'a later one'
);
SELECT is(pg_temp.look(), NULL, 'tells nothing again');

SELECT throws_ok(
    pg_temp.call('update_alert', '{"alert": "low"}'::jsonb || v.change),
    v.code, pg_temp.message(v.code), v.change::text
) FROM (
    VALUES
    ('{"alert": null}'::jsonb, 'WA101'),
    ('{"actor": "a\nb"}', 'WA106'),
    ('{"threshold": -1}', 'WA109'),
    ('{"alert": "LOW"}', 'WA221'),
    ('{"within": "1 day"}', 'WA322'),
    ('{"alert": "soon", "margin": 1}', 'WA322')
) AS v (change, code);

SELECT * FROM finish();
ROLLBACK;
