BEGIN;
SELECT plan(8);
\ir ../../support/_books.sql

SELECT budget FROM wallet.create_campaign('SPRING', 'POINTS', 10) \gset
SELECT throws_ok(
    pg_temp.call('change_budget', '{"campaign": "SPRING", "budget": 5}'::jsonb || v.change),
    v.code, pg_temp.message(v.code), v.change::text
) FROM (
    VALUES
    ('{"campaign": null}'::jsonb, 'WA101'),
    ('{"budget": 0}', 'WA102'),
    ('{"budget": "Infinity"}', 'WA102'),
    ('{"budget": 0.001}', 'WA103'),
    ('{"budget": 1000000000000001}', 'WA105'),
    ('{"actor": "a\nb"}', 'WA106'),
    ('{"campaign": "spring"}', 'WA208')
) AS v (change, code);
SELECT is(
    (SELECT c.budget FROM wallet.list_campaigns() AS c), 10.00, 'a refused request changes nothing'
);

SELECT * FROM finish();
ROLLBACK;
