BEGIN;
SELECT plan(20);
\ir ../../support/_books.sql

SELECT budget FROM wallet.create_campaign('SPRING', 'POINTS', 100) \gset

-- The call as a whole.
SELECT throws_ok(
    format('SELECT wallet.grant_batch(%s)', v.arguments), v.code, pg_temp.message(v.code),
    v.arguments
) FROM (
    VALUES
    ('NULL, ARRAY[NULL]::wallet.grant_request[]', 'WA101'),
    ('''SPRING'', NULL', 'WA101'),
    ('''SPRING'', ARRAY[NULL]::wallet.grant_request[], E''a\nb''', 'WA106'),
    ('''SPRING'', ARRAY[]::wallet.grant_request[]', 'WA109'),
    (
        '''SPRING'', array_fill(NULL::wallet.grant_request, ARRAY[1001])', 'WA109'
    ),
    ('''spring'', ARRAY[NULL]::wallet.grant_request[]', 'WA208')
) AS v (arguments, code);

-- One grant, and one beside it that is good.
SELECT is(
    (
        SELECT ROW(r.users, r.refusals[1].ord, r.refusals[1].code, r.refusals[1].message)::text
        FROM wallet.grant_batch('SPRING', ARRAY[
            v.request::wallet.grant_request, (NULL, 'bob', NULL, 1, NULL)::wallet.grant_request
        ]) AS r
    ),
    ROW(v.users, 1, v.code, pg_temp.message(v.code))::text, v.request
) FROM (
    VALUES
    ('(,,,1,)', 1, 'WA101'),
    ('(,alice,,,)', 0, 'WA101'),
    ('(,alice,,0,)', 0, 'WA102'),
    ('(,alice,,Infinity,)', 0, 'WA102'),
    ('(,alice,,0.001,)', 0, 'WA103'),
    ('(,alice,,1000000000000001,)', 0, 'WA105'),
    (E'(,alice,,1,"a\nb")', 0, 'WA106'),
    ('(,nobody,,1,)', 0, 'WA201'),
    ('(,,nobody@example.com,1,)', 0, 'WA201'),
    (format('(%s,,,1,)', :'nobody'), 0, 'WA201'),
    ('(,frozen,,1,)', 0, 'WA501')
) AS v (request, users, code);
SELECT is(
    (
        SELECT ROW(r.users, r.amount, r.refusals[1].ord, r.refusals[1].code)::text
        FROM wallet.grant_batch('SPRING', ARRAY[
            (NULL, 'alice', NULL, 1, NULL), (NULL, NULL, 'ALICE@example.com', 2, NULL)
        ]::wallet.grant_request[]) AS r
    ),
    '(1,1.00,2,WA115)', 'who is named twice is credited once'
);
SELECT is(
    (SELECT c.users FROM wallet.list_campaigns() AS c), 2::bigint, 'alice and bob were paid'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
