BEGIN;
SELECT plan(1);
\ir ../../_setup.sql

SELECT results_eq(
    format('SELECT user_id FROM wallet.find_user(%L)', upper(:'alice')),
    format('VALUES (%L::uuid)', :'alice'), 'a user id in upper case is the same'
);

SELECT * FROM finish();
ROLLBACK;
