BEGIN;
SELECT plan(9);
\ir ../../support/_economy.sql

SELECT user_id AS carol
FROM wallet.create_user(NULL, 'Carol', 'Carol@Example.com', NULL, 'admin') \gset
SELECT wallet.set_password(:'carol', 'hash') AS given \gset

SELECT results_eq(
    format('SELECT * FROM wallet.get_credential(%L)', v.email),
    format('VALUES (%L::uuid, ''admin'', ''active'', ''hash'')', :'carol'),
    'an address is known in any case: ' || v.email
) FROM (
    VALUES ('Carol@Example.com'), ('carol@example.com'), ('CAROL@EXAMPLE.COM')
) AS v (email);
SELECT results_eq(
    format('SELECT * FROM wallet.get_credential(%L)', v.email),
    'VALUES (NULL::uuid, NULL::text, NULL::text, NULL::text)',
    'all is NULL and nothing raised for ' || v.what
) FROM (
    VALUES
    ('nobody@example.com', 'an unknown address'),
    ('alice@example.com', 'a user without a password'),
    ('', 'no text'),
    (NULL, 'NULL')
) AS v (email, what);

SELECT status FROM wallet.set_user_status(:'carol', 'closed') \gset
SELECT is(
    (wallet.get_credential('carol@example.com')).status, 'closed',
    'of an account that is not active it says so'
);
SELECT password FROM (
    SELECT wallet.set_password(:'carol', 'other')::text AS password
) AS s \gset
SELECT is(
    (wallet.get_credential('carol@example.com')).password_hash, 'other',
    'the hash is the present one'
);

SELECT * FROM finish();
ROLLBACK;
