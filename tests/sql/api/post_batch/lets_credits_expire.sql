BEGIN;
SELECT plan(4);
\ir ../../support/_lots.sql

SELECT user_id AS carol FROM wallet.create_user('Carol') \gset

-- STAR's paid lots do not expire. COIN has no lots.
CREATE TEMPORARY TABLE answer AS
SELECT b.* FROM wallet.post_batch(
    ARRAY[
        ROW(:'bob', 'BONUS', 'STAR', 1, 'b-1', NULL, NULL),
        ROW(:'bob', 'BONUS', 'STAR', 2, 'b-2', NULL, NULL),
        ROW(:'bob', 'TOPUP', 'STAR', 3, 'b-3', NULL, NULL),
        ROW(:'bob', 'BONUS', 'COIN', 4, 'b-4', NULL, NULL),
        ROW(:'bob', 'SPEND', 'STAR', 1, 'b-5', NULL, NULL),
        ROW(:'alice', 'BONUS', 'STAR', 5, 'b-6', NULL, NULL),
        ROW(:'alice', 'BONUS', 'COIN', 6, 'b-7', NULL, NULL),
        ROW(:'carol', 'BONUS', 'STAR', 7, 'b-8', NULL, NULL)
    ]::wallet.request[],
    p_expires_at => ARRAY[
        now() + interval '3 days', NULL, now() + interval '1 day', now() + interval '1 day',
        now() + interval '1 day', now() - interval '1 day', NULL, now() + interval '2 days'
    ]
) AS b;
SELECT results_eq(
    'SELECT coalesce(code, ''posted'') FROM answer ORDER BY ord',
    ARRAY['posted', 'posted', 'WA502', 'WA502', 'WA502', 'WA109', 'posted', 'posted'],
    'each may say when what it credits expires, where that is allowed'
);
SELECT results_eq(
    format(
        'SELECT l.remaining, l.expires_at - now() < interval ''29 days'' FROM ('
        '    SELECT * FROM wallet.list_lots(%L, ''STAR'') UNION ALL '
        '    SELECT * FROM wallet.list_lots(%L, ''STAR'')'
        ') AS l', :'bob', :'carol'
    ),
    $$ VALUES (1::numeric, true), (2, false), (7, true) $$,
    'the others expire as the asset says'
);
SELECT is(
    (
        SELECT string_agg(coalesce(b.code, b.is_replay::text), ' ' ORDER BY b.ord)
        FROM wallet.post_batch(
            ARRAY[
                ROW(:'bob', 'BONUS', 'STAR', 1, 'b-1', NULL, NULL),
                ROW(:'bob', 'BONUS', 'STAR', 2, 'b-2', NULL, NULL)
            ]::wallet.request[],
            p_expires_at => ARRAY[now() + interval '3 days', now() + interval '3 days']
        ) AS b
    ),
    'true WA301', 'a replay says the same'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
