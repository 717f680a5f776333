BEGIN;
SELECT plan(32);
\ir ../support/_books.sql

SELECT user_id AS ulla FROM wallet.create_user('ulla') \gset
SELECT user_id AS vera FROM wallet.create_user('vera') \gset
SELECT count(*) AS moved FROM wallet.bonus(:'vera', 'POINTS', 1, 'used') \gset

-- The call as a whole.
SELECT throws_ok(
    format('SELECT wallet_private.import_history(%s)', v.arguments), v.code,
    pg_temp.message(v.code), v.arguments
) FROM (
    VALUES
    ('NULL', 'WA101'),
    ('ARRAY[]::wallet_private.history_line[], E''a\nb''', 'WA106')
) AS v (arguments, code);

-- The last line of each is wrong, and the user's others are refused with it. Vera's is sound.
CREATE TEMPORARY TABLE wrong AS
SELECT
    v.ord,
    v.lines,
    v.code
FROM (
    VALUES
    (1, '{"(,,,GOLD,TOPUP,1,2025-01-01Z,,,)"}', 'WA101'),
    (2, '{"(,ulla,,,TOPUP,1,2025-01-01Z,,,)"}', 'WA101'),
    (3, '{"(,ulla,,GOLD,,1,2025-01-01Z,,,)"}', 'WA101'),
    (4, '{"(,ulla,,GOLD,TOPUP,,2025-01-01Z,,,)"}', 'WA101'),
    (5, '{"(,ulla,,GOLD,TOPUP,1,,,,)"}', 'WA101'),
    (6, '{"(,nobody,,GOLD,TOPUP,1,2025-01-01Z,,,)"}', 'WA201'),
    (7, '{"(,,nobody@example.com,GOLD,TOPUP,1,2025-01-01Z,,,)"}', 'WA201'),
    (8, '{"(,ulla,,NONE,TOPUP,1,2025-01-01Z,,,)"}', 'WA202'),
    (9, '{"(,ulla,,GOLD,TASK,1,2025-01-01Z,,,)"}', 'WA110'),
    (10, '{"(,ulla,,GOLD,TOPUP,-1,2025-01-01Z,,,)"}', 'WA102'),
    (
        11, '{"(,ulla,,GOLD,TOPUP,1,2025-01-01Z,,,)","(,ulla,,GOLD,SPEND,-1,2025-01-02Z,,,)"}',
        'WA102'
    ),
    (12, '{"(,ulla,,GOLD,ADJUST,NaN,2025-01-01Z,,,)"}', 'WA102'),
    (13, '{"(,ulla,,GOLD,TOPUP,1.5,2025-01-01Z,,,)"}', 'WA103'),
    (14, '{"(,ulla,,GOLD,TOPUP,1000000000000001,2025-01-01Z,,,)"}', 'WA105'),
    (15, '{"(,ulla,,GOLD,TOPUP,1,2025-01-01Z,\"a \",,)"}', 'WA104'),
    (16, E'{"(,ulla,,GOLD,TOPUP,1,2025-01-01Z,,\\\"a\tb\\\",)"}', 'WA106'),
    (17, '{"(,ulla,,GOLD,TOPUP,1,2025-01-01Z,,,1)"}', 'WA111'),
    (18, '{"(,ulla,,GOLD,TOPUP,1,2100-01-01Z,,,)"}', 'WA109'),
    (19, '{"(,ulla,,GOLD,TOPUP,1,infinity,,,)"}', 'WA109'),
    (20, '{"(,ulla,,GOLD,TOPUP,1,1969-12-31Z,,,)"}', 'WA109'),
    (
        21, '{"(,ulla,,GOLD,TOPUP,1,2025-01-02Z,,,)","(,ulla,,GOLD,TOPUP,1,2025-01-01Z,,,)"}',
        'WA118'
    ),
    (
        22, '{"(,ulla,,GOLD,TOPUP,1,2025-01-02Z,,,)","(,ulla,,GOLD,OPENING,1,2025-01-02Z,,,)"}',
        'WA118'
    ),
    (
        23, '{"(,ulla,,GOLD,TOPUP,1,2025-01-02Z,a,,)","(,ulla,,SILVER,TOPUP,1,2025-01-02Z,a,,)"}',
        'WA301'
    ),
    (
        24, '{"(,ulla,,GOLD,TOPUP,3,2025-01-02Z,,,)","(,ulla,,GOLD,SPEND,4,2025-01-02Z,,,)"}',
        'WA401'
    ),
    (25, '{"(,alice,,GOLD,TOPUP,1,2025-01-01Z,,,)"}', 'WA351'),
    (26, '{"(,vera,,GOLD,TOPUP,1,2025-01-01Z,used,,)"}', 'WA301')
) AS v (ord, lines, code);
SELECT is(
    (
        SELECT ROW(r.users, r.refusals[1].ord, r.refusals[1].code, r.refusals[1].message)::text
        FROM wallet_private.import_history(w.lines::wallet_private.history_line[]) AS r
    ),
    ROW(
        0, cardinality(w.lines::wallet_private.history_line[]), w.code, pg_temp.message(w.code)
    )::text,
    w.lines
) FROM wrong AS w
ORDER BY w.ord;
SELECT is(
    (
        SELECT sum(w.seq) FROM wallet_private.wallet AS w
        WHERE w.user_id = :'ulla'
    ), 0::numeric,
    'nothing of them is brought over'
);

-- Who is sound beside them is brought over. What would be more than the cap ends the call.
SELECT results_eq(
    $$
        SELECT r.users, r.lines, r.refusals[1].ord
        FROM wallet_private.import_history(ARRAY[
            (NULL, 'ulla', NULL, 'SILVER', 'SPEND', 1, '2025-01-01Z', NULL, NULL, NULL),
            (NULL, 'vera', NULL, 'SILVER', 'TOPUP', 1, '2025-01-01Z', NULL, NULL, NULL)
        ]::wallet_private.history_line[]) AS r
    $$, $$ VALUES (1, 1, 1) $$, 'each user is accepted or refused alone'
);
SELECT throws_ok(
    $$
        SELECT wallet_private.import_history(ARRAY[
            (NULL, 'ulla', NULL, 'GOLD', 'TOPUP', 1001, '2025-01-01Z', NULL, NULL, NULL)
        ]::wallet_private.history_line[])
    $$, 'WA402', pg_temp.message('WA402'), 'a cap holds'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
