BEGIN;
SELECT plan(20);
\ir ../../support/_books.sql

-- The call as a whole.
SELECT throws_ok(
    format('SELECT wallet.import_users(%s)', v.arguments), v.code, pg_temp.message(v.code),
    v.arguments
) FROM (
    VALUES
    ('NULL', 'WA101'),
    ('ARRAY[NULL]::wallet.user_request[], E''a\nb''', 'WA106'),
    ('ARRAY[]::wallet.user_request[]', 'WA109'),
    ('array_fill(NULL::wallet.user_request, ARRAY[1001])', 'WA109')
) AS v (arguments, code);

-- One user, and one beside who is good.
SELECT is(
    (
        SELECT ROW(r.users, r.refusals[1].ord, r.refusals[1].code, r.refusals[1].message)::text
        FROM wallet.import_users(ARRAY[
            v.request::wallet.user_request,
            ('z-' || v.ord, NULL, NULL, NULL)::wallet.user_request
        ]) AS r
    ),
    ROW(1, 1, v.code, pg_temp.message(v.code))::text, v.request
) FROM (
    VALUES
    (1, '(,,,)', 'WA101'),
    (2, '(,Zoe,,)', 'WA101'),
    (3, '("",,,)', 'WA106'),
    (4, E'("a\nb",,,)', 'WA106'),
    (5, E'(zoe,"a\tb",,)', 'WA106'),
    (6, '(' || repeat('x', 256) || ',,,)', 'WA106'),
    (7, '(zoe,,,' || repeat('1', 33) || ')', 'WA106'),
    (8, '(zoe,,zoe,)', 'WA113'),
    (9, '(zoe,,a@b@c,)', 'WA113'),
    (10, '(zoe,,,call me)', 'WA113'),
    (11, '(zoe,,ALICE@example.com,)', 'WA302'),
    (12, '(alice,,zoe@example.com,)', 'WA303')
) AS v (ord, request, code);
SELECT results_eq(
    $$
        SELECT r.users, r.replays, r.refusals[1].ord, r.refusals[1].code
        FROM wallet.import_users(ARRAY[
            ('twin', NULL, NULL, NULL), ('twin', NULL, NULL, NULL),
            ('twin', NULL, 'twin@example.com', NULL)
        ]::wallet.user_request[]) AS r
    $$,
    $$ VALUES (1, 1, 3, 'WA303') $$, 'who is in it twice is made once'
);
SELECT is_empty('SELECT * FROM wallet.find_user(''zoe'')', 'who was refused was not made');
SELECT is_empty('SELECT * FROM wallet.find_user(''zoe@example.com'')', 'by no name');
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
