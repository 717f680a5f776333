BEGIN;
SELECT plan(7);
\ir ../../support/_books.sql

SELECT subscription FROM wallet.create_subscription('warehouse') \gset
SELECT throws_ok(
    pg_temp.call('drop_subscription', v.request), v.code, pg_temp.message(v.code), v.request::text
) FROM (
    VALUES
    ('{"subscription": null}'::jsonb, 'WA101'),
    ('{"subscription": "warehouse", "actor": "a\nb"}', 'WA106'),
    ('{"subscription": "other"}', 'WA220')
) AS v (request, code);
SELECT is(
    (SELECT count(*) FROM wallet.list_subscriptions()), 1::bigint, 'a refused request ends nothing'
);
SELECT lives_ok($$ SELECT wallet.drop_subscription('warehouse', 'till-3') $$, 'it ends');
SELECT throws_ok(
    $$ SELECT * FROM wallet.read_events('warehouse') $$, 'WA220', pg_temp.message('WA220'),
    'and is read no more'
);
SELECT is(
    (
        SELECT a.actor FROM wallet.operator_action AS a
        WHERE a.name = 'drop_subscription'
    ), 'till-3', 'it is recorded who did it'
);

SELECT * FROM finish();
ROLLBACK;
