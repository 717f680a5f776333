BEGIN;
SELECT plan(12);
\ir ../../support/_economy.sql

CREATE TEMPORARY TABLE answer AS
SELECT s.* FROM wallet.sign_up('Carol', 'Carol@Example.com', '+15550107788', '$argon2id$hash') AS s;
SELECT user_id FROM answer \gset

SELECT is(
    (SELECT to_jsonb(a.*) - 'balances' FROM answer AS a),
    jsonb_build_object(
        'user_id', :'user_id', 'name', 'Carol', 'email', 'Carol@Example.com',
        'refused_bonuses', '[]'::jsonb
    ),
    'the answer says who it is'
);
SELECT results_eq(
    'SELECT b.user_id, b.asset, b.balance, b.held, b.available '
    'FROM answer AS a, unnest(a.balances) AS b',
    format(
        'SELECT %L::uuid, v.asset, v.zero, v.zero, v.zero FROM (VALUES '
        '(''GOLD'', 0::numeric), (''POINTS'', 0.00), (''SILVER'', 0)) AS v (asset, zero)',
        :'user_id'
    ),
    'and that nothing is there yet'
);
SELECT results_eq(
    format('SELECT count(*) FROM wallet_private.wallet WHERE user_id = %L', :'user_id'),
    'SELECT count(*) FROM wallet.list_assets()', 'but a wallet in every asset is'
);
SELECT results_eq(
    format(
        'SELECT external_id, name, email, phone, role, status FROM wallet.get_user(%L)',
        :'user_id'
    ),
    $$VALUES (NULL::text, 'Carol', 'Carol@Example.com', '+15550107788', 'user', 'active')$$,
    'the user is an active one'
);
SELECT is(
    wallet.get_credential('carol@example.com'),
    (:'user_id'::uuid, 'user', 'active', '$argon2id$hash')::wallet.credential,
    'and can log in, with the address in any case'
);
SELECT is_empty(
    format('SELECT * FROM wallet.transaction WHERE user_id = %L', :'user_id'),
    'where no asset gives anything nothing moves'
);
SELECT is(
    (SELECT s.name FROM wallet.sign_up('Dan', 'dan@example.com', NULL, 'hash', NULL) AS s), 'Dan',
    'a phone number can be left out'
);

SELECT lives_ok(
    format('SELECT wallet.topup(%L, %L, 1, %L)', :'user_id', 'GOLD', 'key'),
    'the wallets can be used'
);
SELECT is(
    (SELECT count(*) FROM wallet.find_user('CAROL@EXAMPLE.COM')), 1::bigint,
    'the user is found by the address'
);

-- Of other letters than A to Z the case counts, in whatever language the database is.
SELECT user_id AS muller
FROM wallet.sign_up('M', U&'M\00DCller@example.com', NULL, 'hash') \gset
SELECT is(
    (wallet.get_credential(v.email)).user_id, v.user_id::uuid, v.what
) FROM (
    VALUES
    (U&'m\00DCLLER@example.com', :'muller', 'an address with such a letter is found'),
    (U&'m\00FCller@example.com', NULL, 'and is not that with another one')
) AS v (email, user_id, what);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
