BEGIN;
SELECT plan(6);
\ir ../../support/_economy.sql

SELECT user_id AS carol FROM wallet.create_user(
    'host-7', 'Carol', 'carol@example.com', '+15550107788', 'admin', 'hash'
) \gset

SELECT is(
    (SELECT to_jsonb(u.*) FROM wallet.get_user(:'carol') AS u),
    jsonb_build_object(
        'user_id', :'carol', 'external_id', 'host-7', 'name', 'Carol',
        'email', 'carol@example.com', 'phone', '+15550107788', 'role', 'admin',
        'status', 'active', 'created_at', now()
    ),
    'all but the password'
);
SELECT results_eq(
    format('SELECT external_id, name, email, phone FROM wallet.get_user(%L)', :'frozen'),
    $$VALUES ('frozen', NULL::text, NULL::text, NULL::text)$$, 'what is not known is NULL'
);
SELECT is(
    ARRAY[(wallet.get_user(:'frozen')).status, (wallet.get_user(:'closed')).status],
    '{frozen, closed}'::text[], 'also of an account that is not active'
);
SELECT throws_ok(
    'SELECT wallet.get_user(NULL)', 'WA101', 'an argument is missing', 'no user'
);
SELECT throws_ok(
    format('SELECT wallet.get_user(%L)', :'nobody'), 'WA201', 'user not found',
    'an unknown user'
);
SELECT is(
    (pg_temp.refusal_of(format('SELECT wallet.get_user(%L)', :'nobody'))).detail,
    format('There is no user %s.', :'nobody'), 'the detail says which'
);

SELECT * FROM finish();
ROLLBACK;
