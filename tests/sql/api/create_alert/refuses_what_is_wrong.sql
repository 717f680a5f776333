BEGIN;
SELECT plan(34);
\ir ../../support/_lots.sql

SELECT campaign FROM wallet.create_campaign('spring', 'SILVER', 100) \gset
SELECT alert FROM wallet.create_alert(
    'TAKEN', 'balance', 'GOLD', p_direction => 'below', p_threshold => 1
) \gset
SELECT throws_ok(
    pg_temp.call('create_alert', jsonb_strip_nulls(
        '{
            "code": "low", "measure": "balance", "asset": "GOLD", "direction": "below",
            "threshold": 10
        }'::jsonb || v.change
    ) || CASE WHEN v.code = 'WA101' THEN v.change ELSE '{}' END),
    v.code, pg_temp.message(v.code), v.change::text
) FROM (
    VALUES
    ('{"code": null}'::jsonb, 'WA101'),
    ('{"measure": null}', 'WA101'),
    ('{"asset": null}', 'WA101'),
    ('{"direction": null}', 'WA101'),
    ('{"threshold": null}', 'WA101'),
    ('{"measure": "budget"}', 'WA101'),
    ('{"measure": "expiring", "asset": "STAR", "direction": null, "threshold": null}', 'WA101'),
    ('{"actor": "a\nb"}', 'WA106'),
    ('{"threshold": -1}', 'WA109'),
    ('{"threshold": "NaN"}', 'WA109'),
    ('{"threshold": 1000000000000001}', 'WA109'),
    ('{"margin": -1}', 'WA109'),
    ('{"margin": "NaN"}', 'WA109'),
    ('{"measure": "supply", "is_share": true, "threshold": 1.1}', 'WA109'),
    ('{"measure": "supply", "is_share": true, "threshold": 1, "margin": 2}', 'WA109'),
    (
        '{
            "measure": "expiring", "asset": "STAR", "direction": null, "threshold": null,
            "within": "0"
        }',
        'WA109'
    ),
    ('{"measure": "gravity"}', 'WA110'),
    ('{"direction": "sideways"}', 'WA110'),
    ('{"code": "a b"}', 'WA114'),
    ('{"user_id": "00000000-0000-4000-8000-000000000000"}', 'WA201'),
    ('{"asset": "LEAD"}', 'WA202'),
    ('{"measure": "budget", "campaign": "autumn"}', 'WA208'),
    ('{"code": "TAKEN"}', 'WA304'),
    ('{"campaign": "spring"}', 'WA322'),
    ('{"is_share": true, "threshold": 0.5}', 'WA322'),
    ('{"within": "7 days"}', 'WA322'),
    ('{"measure": "expiring", "asset": "STAR", "within": "7 days"}', 'WA322'),
    (
        '{"measure": "expiring", "asset": "STAR", "within": "7 days", "direction": null}',
        'WA322'
    ),
    (
        '{
            "measure": "expiring", "asset": "STAR", "within": "7 days", "direction": null,
            "threshold": null, "margin": 1
        }',
        'WA322'
    ),
    (
        '{"measure": "expiring", "within": "7 days", "direction": null, "threshold": null}',
        'WA322'
    )
) AS v (change, code);
SELECT throws_ok(
    pg_temp.call('create_alert', jsonb_build_object(
        'code', 'low', 'measure', 'outstanding', 'asset', 'GOLD', 'direction', 'below',
        'threshold', 1, 'user_id', :'alice'
    )),
    'WA322', pg_temp.message('WA322'), 'what all hold is not one user''s'
);
SELECT throws_ok(
    pg_temp.call('create_alert', jsonb_build_object(
        'code', 'low', 'measure', 'budget', 'campaign', 'spring', 'asset', 'GOLD',
        'direction', 'below', 'threshold', 1
    )),
    'WA322', pg_temp.message('WA322'), 'a budget is of the campaign''s asset'
);
SELECT is(
    (SELECT count(*) FROM wallet.list_alerts()), 1::bigint, 'a refused request makes nothing'
);
SELECT is(
    (SELECT f.place IS NOT NULL FROM wallet_private.alert_feed AS f), true,
    'the first alert says where to begin'
);

SELECT * FROM finish();
ROLLBACK;
