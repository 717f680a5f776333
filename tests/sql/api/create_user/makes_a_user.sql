BEGIN;
SELECT plan(13);
\ir ../../support/_economy.sql

CREATE TEMPORARY TABLE answer AS
SELECT u.*
FROM wallet.create_user(
    'host-7', 'Carol', 'Carol@Example.com', '+1 (555) 010-7788', 'service', 'ops'
) AS u;
SELECT user_id FROM answer \gset

SELECT is(
    (SELECT to_jsonb(a.*) - '{user_id, created_at}'::text[] FROM answer AS a),
    jsonb_build_object(
        'external_id', 'host-7', 'name', 'Carol', 'email', 'Carol@Example.com',
        'phone', '+1 (555) 010-7788', 'role', 'service', 'status', 'active'
    ),
    'the answer says who it is'
);
SELECT is((SELECT a.created_at FROM answer AS a), now(), 'and since when');
SELECT results_eq(
    format('SELECT * FROM wallet.get_user(%L)', :'user_id'), 'SELECT * FROM answer',
    'the user can be found'
);
SELECT ok(
    (wallet.get_credential('carol@example.com')).user_id IS NULL,
    'but not log in before there is a password'
);
SELECT results_eq(
    format('SELECT asset, balance, held, available FROM wallet.list_balances(%L)', :'user_id'),
    $$
        VALUES
        ('GOLD', 0::numeric, 0::numeric, 0::numeric), ('POINTS', 0, 0, 0), ('SILVER', 0, 0, 0)
    $$,
    'nothing is there yet'
);
SELECT results_eq(
    format('SELECT count(*) FROM wallet_private.wallet WHERE user_id = %L', :'user_id'),
    'SELECT count(*) FROM wallet.list_assets()', 'but a wallet in every asset is'
);

SELECT user_id AS plain FROM wallet.create_user() \gset
SELECT results_eq(
    format(
        'SELECT external_id, name, email, phone, role, status FROM wallet.get_user(%L)', :'plain'
    ),
    $$VALUES (NULL::text, NULL::text, NULL::text, NULL::text, 'user', 'active')$$,
    'nothing has to be given'
);
SELECT lives_ok(
    'SELECT wallet.create_user(NULL, NULL, NULL, NULL, ''user'', NULL)',
    'and as often as one likes'
);
SELECT isnt(:'plain'::uuid, :'user_id'::uuid, 'each user has an id of his own');
SELECT is(
    (wallet.create_user(p_role => 'admin')).role, 'admin', 'a role is user, service or admin'
);
SELECT is(
    (wallet.create_user(p_external_id => repeat('x', 255), p_email => 'x@y')).external_id,
    repeat('x', 255), 'an external id has at most 255 characters'
);

SELECT asset FROM wallet.update_asset('SILVER', p_sign_up_bonus => 5) \gset
SELECT user_id AS late FROM wallet.create_user('late') \gset
SELECT is(
    (SELECT b.balance FROM wallet.get_balance(:'late', 'SILVER') AS b), 0::numeric,
    'a sign-up bonus is not paid'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
