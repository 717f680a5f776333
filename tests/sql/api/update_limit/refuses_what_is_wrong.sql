BEGIN;
SELECT plan(8);
\ir ../../support/_limits.sql

SELECT limit_id FROM wallet.create_limit(
    'spent', 'COIN', 'amount', 100, 'debit', p_period => 'day'
) \gset
SELECT
    throws_ok(
        pg_temp.call('update_limit', format('{"limit_id": %s}', :limit_id)::jsonb || v.fields),
        v.code, pg_temp.message(v.code), v.description
    )
FROM (
    VALUES
    ('{"limit_id": null}'::jsonb, 'WA101', 'no id'),
    ('{"limit_id": 0}', 'WA231', 'an unknown id'),
    ('{"maximum": 0}', 'WA102', 'a maximum of 0'),
    ('{"maximum": 0.5}', 'WA103', 'a maximum that the asset can''t have'),
    ('{"maximum": 1e16}', 'WA105', 'too large a maximum'),
    ('{"is_clipping": true}', 'WA502', 'clipping of what is spent'),
    ('{"actor": ""}', 'WA106', 'an empty actor')
) AS v (fields, code, description);
SELECT is(
    (SELECT (l.maximum, l.is_clipping)::text FROM wallet.list_limits() AS l), '(100,f)',
    'nothing of it has changed the limit'
);

SELECT * FROM finish();
ROLLBACK;
