BEGIN;
SELECT plan(12);
\ir ../../support/_economy.sql

SELECT user_id AS carol
FROM wallet.sign_up('Carol', 'carol@example.com', NULL, 'weak') \gset
UPDATE wallet_private.credential SET changed_at = '2020-01-01';

SELECT lives_ok(
    format('SELECT wallet.rehash_password(%L, ''weak'', ''strong'')', :'carol'),
    'a hash is replaced by a stronger one'
);
SELECT results_eq(
    'SELECT password_hash, changed_at FROM wallet_private.credential',
    'VALUES (''strong'', timestamptz ''2020-01-01'')', 'the password is as old as it was'
);
SELECT is(s.tokens_revoked_at, NULL, 'so its tokens go on')
FROM wallet.get_token_state(:'carol') AS s;
SELECT lives_ok(
    format('SELECT wallet.rehash_password(%L, ''weak'', ''stale'')', :'carol'),
    'who comes too late'
);
SELECT is(
    (wallet.get_credential('carol@example.com')).password_hash, 'strong', 'changes nothing'
);
SELECT lives_ok(
    format('SELECT wallet.rehash_password(%L, ''weak'', ''strong'')', :'bob'),
    'a user without a password'
);
SELECT is((wallet.get_credential('bob@example.com')).password_hash, NULL, 'gets none');

SELECT throws_ok(
    format('SELECT wallet.rehash_password(%L, %L, %L)', v.user_id, v.from_hash, v.to_hash),
    v.code, pg_temp.message_of(v.code), v.what
) FROM (
    VALUES
    (NULL, 'strong', 'x', 'WA101', 'no user'),
    (:'nobody', 'strong', 'x', 'WA201', 'an unknown user'),
    (:'carol', NULL, 'x', 'WA101', 'no hash to replace'),
    (:'carol', 'strong', NULL, 'WA101', 'no hash'),
    (:'carol', 'strong', '', 'WA106', 'an empty hash')
) AS v (user_id, from_hash, to_hash, code, what);

SELECT * FROM finish();
ROLLBACK;
