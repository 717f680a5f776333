BEGIN;
SELECT plan(18);
\ir ../../support/_books.sql

SELECT asset FROM wallet.create_asset('STAR', 'Star', p_lot_order => 'free_first') \gset
SELECT budget FROM wallet.create_campaign('TAKEN', 'POINTS') \gset
SELECT throws_ok(
    pg_temp.call(
        'create_campaign', '{"code": "SPRING", "asset": "POINTS", "budget": 5}'::jsonb || v.change
    ), v.code, pg_temp.message(v.code), v.change::text
) FROM (
    VALUES
    ('{"code": null}'::jsonb, 'WA101'),
    ('{"asset": null}', 'WA101'),
    ('{"budget": 0}', 'WA102'),
    ('{"budget": -1}', 'WA102'),
    ('{"budget": "NaN"}', 'WA102'),
    ('{"budget": 0.001}', 'WA103'),
    ('{"budget": 1000000000000001}', 'WA105'),
    ('{"actor": "a\nb"}', 'WA106'),
    ('{"code": ""}', 'WA114'),
    ('{"code": "a b"}', 'WA114'),
    ('{"asset": "points"}', 'WA202'),
    ('{"code": "TAKEN"}', 'WA304'),
    ('{"code": "TAKEN", "asset": "GOLD"}', 'WA304'),
    ('{"asset": "COPPER"}', 'WA503'),
    ('{"expires_in": "1 day"}', 'WA502'),
    ('{"asset": "STAR", "expires_in": "0"}', 'WA109'),
    ('{"asset": "STAR", "expires_in": "-1 day"}', 'WA109')
) AS v (change, code);
SELECT is(
    (SELECT count(*) FROM wallet.list_campaigns()), 1::bigint, 'a refused request makes nothing'
);

SELECT * FROM finish();
ROLLBACK;
