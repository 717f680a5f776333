BEGIN;
SELECT plan(10);
\ir ../../support/_webhooks.sql

CREATE FUNCTION pg_temp.news(p_user_id uuid, p_known text) RETURNS text
LANGUAGE sql
AS $$
-- What one reader is told of RUBY, who knows so much of it.
SELECT string_agg(
    format(
        '%s %s: %s', n.seq, n.balance,
        (SELECT string_agg(e.seq::text, ' ' ORDER BY e.ordinality)
        FROM unnest(n.events) WITH ORDINALITY AS e)
    ), ', '
)
FROM wallet.read_news(
    ARRAY[7, 7], ARRAY[p_user_id, p_user_id], ARRAY[NULL, 'RUBY'], ARRAY[0, p_known::bigint]
) AS n
WHERE n.asset = 'RUBY' AND n.reader = 7
$$;
SELECT is(pg_temp.news(:'alice', v.known), v.told, v.what)
FROM (
    VALUES
    ('7', '10 10: 8 9 10', 'what comes behind that'),
    ('0', '10 10: 1 2 3 4 5 6 7 8 9 10', 'all, if nothing is known'),
    ('10', NULL, 'nothing, if all is known'),
    ('11', '10 10: ', 'how it stands, if more is known than there is')
) AS v (known, told, what);
SELECT is(
    (
        SELECT n.events FROM
            wallet.read_news(
                ARRAY[1], ARRAY[:'alice'::uuid], ARRAY[NULL], ARRAY[NULL::bigint]
            ) AS n
        WHERE n.asset = 'RUBY'
    ), '{}', 'a new reader is told how it stands'
);
SELECT results_eq(
    format(
        $$
            SELECT n.reader, n.seq, cardinality(n.events)
            FROM wallet.read_news(
                ARRAY[1, 2, 2], ARRAY[%1$L, %2$L, %2$L]::uuid[], ARRAY[NULL, NULL, 'RUBY'],
                ARRAY[NULL, 0, 3]
            ) AS n
            WHERE n.asset = 'RUBY'
            ORDER BY n.reader
        $$, :'alice', :'bob'
    ),
    'VALUES (1, 10::bigint, 0), (2, 5, 2)', 'each is told what that one does not know'
);
SELECT pg_temp.move(:'alice', 95) AS moved \gset
SELECT is(
    (
        SELECT n.events[1].seq FROM
            wallet.read_news(
                ARRAY[1, 1], ARRAY[:'alice', :'alice']::uuid[], ARRAY[NULL, 'RUBY'], ARRAY[0, 3]
            ) AS n
        WHERE n.asset = 'RUBY'
    ), 6::bigint, 'of more than a hundred the last hundred'
);
SELECT is_empty(
    'SELECT * FROM wallet.read_news(NULL, NULL, NULL, NULL)', 'nobody is told nothing'
);
SELECT status FROM wallet.set_user_status(:'bob', 'frozen') \gset
SELECT results_eq(
    format(
        $$
            SELECT n.reader
            FROM wallet.read_news(
                ARRAY[1, 2, 3], ARRAY[%L, %L, %L]::uuid[], ARRAY[NULL, NULL, NULL], ARRAY[0, 0, 0]
            ) AS n
            WHERE n.is_cut_off
            ORDER BY n.reader
        $$, :'alice', :'bob', :'nobody'
    ),
    'VALUES (2), (3)', 'whose account is not active is cut off'
);
SELECT user_id FROM wallet.revoke_tokens(:'alice') \gset
SELECT is(
    (
        SELECT bool_or(n.is_cut_off) FROM wallet.read_news(
            ARRAY[1], ARRAY[:'alice'::uuid], ARRAY[NULL], ARRAY[0]
        ) AS n
    ), true, 'and so is one whose tokens were just revoked'
);

SELECT * FROM finish();
ROLLBACK;
