BEGIN;
SELECT plan(17);
\ir ../../support/_books.sql

SELECT subscription FROM wallet.create_subscription('TAKEN') \gset
SELECT throws_ok(
    pg_temp.call('create_subscription', '{"code": "warehouse"}'::jsonb || v.change),
    v.code, pg_temp.message(v.code), v.change::text
) FROM (
    VALUES
    ('{"code": null}'::jsonb, 'WA101'),
    ('{"assets": "{NULL}"}', 'WA101'),
    ('{"kinds": "{NULL}"}', 'WA101'),
    ('{"actor": "a\nb"}', 'WA106'),
    ('{"start": "yesterday"}', 'WA110'),
    ('{"kinds": "{spend}"}', 'WA110'),
    ('{"kinds": "{SPEND,FEE}"}', 'WA110'),
    ('{"code": ""}', 'WA114'),
    ('{"code": "a b"}', 'WA114'),
    ('{"user_id": "00000000-0000-4000-8000-000000000000"}', 'WA201'),
    ('{"assets": "{gold}"}', 'WA202'),
    ('{"assets": "{GOLD,LEAD}"}', 'WA202'),
    ('{"alerts": "{low}"}', 'WA221'),
    ('{"code": "TAKEN"}', 'WA304')
) AS v (change, code);
SELECT is(
    (SELECT count(*) FROM wallet.list_subscriptions()), 1::bigint,
    'a refused request makes nothing'
);

-- As after the migration of a large ledger.
ALTER INDEX wallet_private.transfer_feed_position_idx RENAME TO another_idx;
SELECT throws_ok(
    $$ SELECT * FROM wallet.create_subscription('warehouse') $$, 'WA321',
    pg_temp.message('WA321'), 'without the index that has to be made first'
);
ALTER INDEX wallet_private.another_idx RENAME TO transfer_feed_position_idx;
SELECT lives_ok(
    $$ SELECT * FROM wallet.create_subscription('warehouse') $$, 'and then it goes'
);

SELECT * FROM finish();
ROLLBACK;
