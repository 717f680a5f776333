BEGIN;
SELECT plan(2);
\ir ../../support/_economy.sql

SELECT set_eq(
    'SELECT * FROM wallet.list_user_ids(''{alice,bob,carol,ALICE,alice,"",NULL}'')',
    format('VALUES (''alice'', %L::uuid), (''bob'', %L)', :'alice', :'bob'),
    'each user once, and of unknown ids none'
);
SELECT is_empty(
    'SELECT * FROM wallet.list_user_ids(NULL) UNION ALL SELECT * FROM wallet.list_user_ids(''{}'')',
    'no ids, no users'
);

SELECT * FROM finish();
ROLLBACK;
