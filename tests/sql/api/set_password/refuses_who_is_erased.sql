BEGIN;
SELECT plan(2);
\ir ../../_setup.sql

SELECT user_id AS zoe FROM wallet.create_user('zoe') \gset
SELECT status FROM wallet.erase_user(:'zoe', 'asked for') \gset
SELECT throws_ok(
    format('SELECT wallet.set_password(%L, %L)', :'zoe', 'hash'), 'WA504', 'the user is erased',
    'an erasure is for good'
);
SELECT is((wallet.get_user(:'zoe')).status, 'erased', 'nothing has changed');

SELECT * FROM finish();
ROLLBACK;
