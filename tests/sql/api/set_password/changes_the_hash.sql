BEGIN;
SELECT plan(14);
\ir ../../support/_economy.sql

SELECT user_id AS carol
FROM wallet.create_user(NULL, 'Carol', 'carol@example.com', NULL, 'user') \gset
SELECT wallet.set_password(:'carol', 'hash') AS given \gset
UPDATE wallet_private.credential SET changed_at = '2020-01-01';

SELECT lives_ok(
    format('SELECT wallet.set_password(%L, %L, %L)', v.user_id, v.hash, 'support'), v.what
) FROM (
    VALUES
    (:'carol', 'stronger', 'a hash can be replaced'),
    (:'alice', repeat('h', 255), 'a user who had none can get one')
) AS v (user_id, hash, what);
SELECT is(
    (SELECT ARRAY[c.user_id::text, c.password_hash] FROM wallet.get_credential(v.email) AS c),
    ARRAY[v.user_id, v.hash], v.email || ' logs in with it'
) FROM (
    VALUES
    (:'carol', 'carol@example.com', 'stronger'),
    (:'alice', 'alice@example.com', repeat('h', 255))
) AS v (user_id, email, hash);
SELECT results_eq(
    'SELECT changed_at FROM wallet_private.credential', 'VALUES (now()), (now())',
    'it is kept when that was'
);
SELECT lives_ok(
    format('SELECT wallet.set_password(%L, %L)', :'closed', 'hash'),
    'also for a closed account'
);
SELECT is(
    (wallet.get_credential('bob@example.com')).password_hash, NULL, 'others are left alone'
);

SELECT throws_ok(
    format('SELECT wallet.set_password(%L, %L)', v.user_id, v.hash),
    v.code, pg_temp.message_of(v.code), v.what
) FROM (
    VALUES
    (NULL, 'hash', 'WA101', 'no user'),
    (:'nobody', 'hash', 'WA201', 'an unknown user'),
    (:'carol', NULL, 'WA101', 'no hash'),
    (:'carol', '', 'WA106', 'an empty hash'),
    (:'carol', E'ha\nsh', 'WA106', 'a hash with a line break'),
    (:'carol', repeat('h', 256), 'WA106', 'a hash of 256 characters')
) AS v (user_id, hash, code, what);
SELECT is(
    (wallet.get_credential('carol@example.com')).password_hash, 'stronger',
    'a refused request changes nothing'
);

SELECT * FROM finish();
ROLLBACK;
