BEGIN;
SELECT plan(13);
\ir ../../support/_books.sql

-- 40 holds of 1 to 40 cents: the first ten captured in part (but for the first), the next ten
-- whole; the third ten released, the last ten left open, of which those with even cents expire.
CREATE TEMPORARY TABLE cents AS
SELECT
    i.n,
    h.*
FROM generate_series(1, 40) AS i (n)
CROSS JOIN LATERAL wallet.place_hold(
    :'alice', 'POINTS', i.n * 0.01, CASE WHEN i.n > 30 AND i.n % 2 = 0 THEN '1 second' ELSE '1 day'
    END::interval, 'hold-' || i.n, 'order-' || i.n, jsonb_build_object('n', i.n)
) AS h;
SELECT count(*) AS captured
FROM (
    SELECT * FROM cents
    WHERE n BETWEEN 2 AND 20
) AS c
CROSS JOIN LATERAL wallet.capture_hold(
    :'alice', c.hold_id, CASE WHEN c.n <= 10 THEN 0.01 END, 'capture-' || c.n
) \gset
SELECT count(*) AS released
FROM (
    SELECT * FROM cents
    WHERE n BETWEEN 21 AND 30
) AS c
CROSS JOIN LATERAL wallet.release_hold(:'alice', c.hold_id, 'release-' || c.n) \gset
SELECT c.hold_id AS tenth FROM cents AS c
WHERE c.n = 10 \gset
SELECT hold_id AS gold FROM wallet.place_hold(:'alice', 'GOLD', 7, '1 day', 'hold') \gset
SELECT balance FROM wallet.bonus(:'bob', 'GOLD', 7, 'bonus') \gset
SELECT hold_id AS of_bob FROM wallet.place_hold(:'bob', 'GOLD', 7, '1 day', 'gold') \gset
CALL pg_temp.let_pass('1 hour');

SELECT results_eq(
    format('SELECT (h.metadata ->> %L)::int FROM wallet.list_holds(%L) AS h', 'n', :'alice'),
    'SELECT NULL::int UNION ALL SELECT * FROM generate_series(40, 1, -1)',
    'all of one user''s, from the newest to the oldest'
);
SELECT is(
    (
        SELECT to_jsonb(h.*) - '{created_at, expires_at}'::text[]
        FROM wallet.list_holds(:'alice') AS h
        WHERE h.metadata @> '{"n": 10}'
    ),
    jsonb_build_object(
        'hold_id', :'tenth', 'user_id', :'alice',
        'asset', 'POINTS', 'amount', 0.10, 'captured', 0.01, 'remaining', 0.09, 'status', 'open',
        'reference', 'order-10', 'metadata', '{"n": 10}'::jsonb, 'cursor', NULL
    ),
    'each with all that belongs to it'
);
SELECT is(
    (
        SELECT array_agg(h.amount * 100 ORDER BY h.amount)
        FROM wallet.list_holds(:'alice', 'POINTS', v.status) AS h
    ),
    v.cents::numeric[], format('of status %s', v.status)
) FROM (
    VALUES
    ('open', '{1,2,3,4,5,6,7,8,9,10,31,33,35,37,39}'),
    ('captured', '{11,12,13,14,15,16,17,18,19,20}'),
    ('released', '{21,22,23,24,25,26,27,28,29,30}'),
    ('expired', '{32,34,36,38,40}')
) AS v (status, cents);
SELECT is(
    (
        SELECT array_agg(h.remaining)
        FROM wallet.list_holds(:'alice', 'POINTS', 'expired') AS h
    ),
    '{0.00,0.00,0.00,0.00,0.00}', 'what has expired holds nothing'
);
SELECT is(wallet.expire_holds(), 5::bigint, 'what has expired is tidied away');
SELECT is(
    (SELECT count(*) FROM wallet.list_holds(:'alice', 'POINTS', 'expired')), 5::bigint,
    'and is shown as before'
);
SELECT results_eq(
    format('SELECT h.hold_id FROM wallet.list_holds(%L, %L) AS h', :'alice', 'GOLD'),
    format('VALUES (%L::uuid)', :'gold'), 'those of an asset alone'
);
SELECT results_eq(
    format('SELECT h.hold_id FROM wallet.list_holds(%L) AS h', :'bob'),
    format('VALUES (%L::uuid)', :'of_bob'), 'those of another user'
);
SELECT is_empty(
    format('SELECT * FROM wallet.list_holds(%L, %L)', :'bob', 'SILVER'), 'where there is none'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
