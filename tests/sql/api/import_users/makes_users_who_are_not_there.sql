BEGIN;
SELECT plan(8);
\ir ../../support/_books.sql

CREATE TEMPORARY TABLE request AS
SELECT ARRAY[
    ('x-1', 'Xenia', 'Xenia@example.com', '+49 30 1'), ('x-2', NULL, NULL, NULL),
    (NULL, 'Yara', 'yara@example.com', NULL)
]::wallet.user_request[] AS users;
SELECT results_eq(
    'SELECT r.* FROM request AS q, wallet.import_users(q.users, ''crm'') AS r',
    $$ VALUES (3, 0, '{}'::wallet.refusal[]) $$, 'all are made'
);
SELECT results_eq(
    $$
        SELECT u.external_id, u.name, u.email, u.phone, u.role, u.status
        FROM request AS q, unnest(q.users) AS r,
            LATERAL wallet.find_user(coalesce(r.external_id, r.email)) AS u
    $$,
    $$
        VALUES
        ('x-1', 'Xenia', 'Xenia@example.com', '+49 30 1', 'user', 'active'),
        ('x-2', NULL, NULL, NULL, 'user', 'active'),
        (NULL, 'Yara', 'yara@example.com', NULL, 'user', 'active')
    $$, 'as they were given'
);
SELECT is(
    (
        SELECT count(*) FROM wallet_private.wallet AS w
        WHERE w.user_id = (SELECT u.user_id FROM wallet.find_user('x-1') AS u)
    ),
    (SELECT count(*) FROM wallet.list_assets()), 'with a wallet in every asset'
);
SELECT results_eq(
    'SELECT r.* FROM request AS q, wallet.import_users(q.users) AS r',
    $$ VALUES (0, 3, '{}'::wallet.refusal[]) $$, 'again, nobody is made'
);
SELECT results_eq(
    $$
        SELECT r.* FROM wallet.import_users(ARRAY[
            ('x-1', 'Another name', NULL, NULL), (NULL, NULL, 'XENIA@example.com', NULL)
        ]::wallet.user_request[]) AS r
    $$,
    $$ VALUES (0, 2, '{}'::wallet.refusal[]) $$,
    'they are known by the external id, or else by the address in any case'
);
SELECT is(
    (SELECT u.name FROM wallet.find_user('x-1') AS u), 'Xenia', 'and stay as they are'
);
SELECT results_eq(
    $$
        SELECT a.actor, a.details ->> 'users' FROM wallet.operator_action AS a
        WHERE a.name = 'import_users'
    $$,
    $$ VALUES ('crm', '3') $$, 'what was done is recorded, what was not is not'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
