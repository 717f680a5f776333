BEGIN;
SELECT plan(5);
\ir ../../support/_history.sql

SELECT throws_ok(
    pg_temp.call(
        'get_transaction',
        jsonb_build_object('user_id', :'alice', 'transaction_id', :'topup') || v.change
    ),
    v.code, pg_temp.message(v.code), v.change::text
) FROM (
    VALUES
    ('{"user_id": null}'::jsonb, 'WA101'),
    ('{"transaction_id": null}', 'WA101'),
    (jsonb_build_object('transaction_id', :'nobody'), 'WA206'),
    (jsonb_build_object('user_id', :'bob'), 'WA206'),
    (jsonb_build_object('user_id', :'nobody'), 'WA206')
) AS v (change, code);

SELECT * FROM finish();
ROLLBACK;
