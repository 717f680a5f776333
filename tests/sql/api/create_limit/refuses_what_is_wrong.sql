BEGIN;
SELECT plan(36);
\ir ../../support/_limits.sql

SELECT limit_id
FROM wallet.create_limit('taken', 'COIN', 'count', 1, 'credit', p_period => 'day') \gset
SELECT
    throws_ok(
        pg_temp.call('create_limit', v.base || v.fields), v.code, pg_temp.message(v.code),
        v.description
    )
FROM (
    SELECT
        b.base,
        w.*
    FROM (
        VALUES
        ('{"code": null}'::jsonb, 'WA101', 'no code'),
        ('{"code": "1st"}', 'WA114', 'a malformed code'),
        ('{"code": "taken"}', 'WA304', 'a code that is taken'),
        ('{"asset": null}', 'WA101', 'no asset'),
        ('{"asset": "NONE"}', 'WA202', 'an unknown asset'),
        ('{"measure": null}', 'WA101', 'no measure'),
        ('{"measure": "weight"}', 'WA110', 'an unknown measure'),
        ('{"maximum": null}', 'WA101', 'no maximum'),
        ('{"maximum": 0}', 'WA102', 'a maximum of 0'),
        ('{"maximum": 0.5}', 'WA103', 'a maximum that the asset can''t have'),
        ('{"maximum": 1e16}', 'WA105', 'too large a maximum'),
        ('{"measure": "count", "asset": "POINTS", "maximum": 1.5}', 'WA103', 'half a movement'),
        ('{"direction": null}', 'WA101', 'no direction'),
        ('{"direction": "up"}', 'WA110', 'an unknown direction'),
        ('{"kinds": "{}"}', 'WA109', 'no kinds'),
        ('{"kinds": "{NULL}"}', 'WA101', 'a kind that is missing'),
        ('{"kinds": "{BONUS}"}', 'WA110', 'a kind of the other direction'),
        ('{"kinds": "{CAPTURE}"}', 'WA110', 'a kind that does not count'),
        ('{"origin": "stolen"}', 'WA110', 'an unknown origin'),
        ('{"origin": "paid"}', 'WA502', 'an origin without lots'),
        ('{"period": "year"}', 'WA110', 'an unknown period'),
        ('{"period": null}', 'WA502', 'neither a period nor a rolling time'),
        ('{"rolling": "1 day"}', 'WA502', 'both'),
        ('{"period": null, "rolling": "0"}', 'WA109', 'a rolling time of nothing'),
        ('{"period": null, "rolling": "1.5 seconds"}', 'WA502', 'half a second'),
        ('{"period": null, "rolling": "3661 days"}', 'WA109', 'too long a rolling time'),
        (
            '{"period": null, "rolling": "1 day", "time_zone": "UTC"}', 'WA502',
            'a zone of a rolling time'
        ),
        ('{"time_zone": "Nowhere/City"}', 'WA116', 'an unknown zone'),
        ('{"time_zone": "IST"}', 'WA116', 'an abbreviation'),
        ('{"time_zone": "UTC+3"}', 'WA116', 'an offset'),
        ('{"is_clipping": true}', 'WA502', 'clipping of what is spent'),
        ('{"is_clipping": null}', 'WA101', 'neither clipping nor not'),
        ('{"measure": "balance", "direction": "credit"}', 'WA502', 'a period of a balance'),
        ('{"measure": "balance", "period": null}', 'WA502', 'debits that raise a balance'),
        ('{"actor": ""}', 'WA106', 'an empty actor')
    ) AS w (fields, code, description)
    CROSS JOIN (VALUES (
        '{
            "code": "spent", "asset": "COIN", "measure": "amount", "maximum": 5,
            "direction": "debit", "period": "day"
        }'::jsonb
    )) AS b (base)
) AS v;
SELECT is(
    (SELECT count(*) FROM wallet.list_limits()), 1::bigint, 'nothing of it has made a limit'
);

SELECT * FROM finish();
ROLLBACK;
