BEGIN;
SELECT plan(25);
\ir ../../support/_forgery.sql

-- All pages of a size, one after the other.
CREATE FUNCTION pg_temp.pages(p_limit integer)
RETURNS TABLE (next_user_id uuid, users bigint, findings wallet.finding[])
LANGUAGE sql
STABLE
AS $$
    WITH RECURSIVE page AS (
        SELECT p.* FROM wallet.verify_page(NULL, p_limit) AS p
        UNION ALL
        SELECT n.*
        FROM page AS p
        CROSS JOIN LATERAL wallet.verify_page(p.next_user_id, p_limit) AS n
        WHERE p.next_user_id IS NOT NULL
    )
    SELECT p.* FROM page AS p
$$;

-- There are four users.
SELECT results_eq(
    format('SELECT p.users, p.findings FROM pg_temp.pages(%s) AS p', s.size),
    format(
        'SELECT u, %L::wallet.finding[] FROM unnest(%L::bigint[]) AS u', '{}', s.users
    ),
    format('sound books in pages of %s', s.size)
) FROM (
    VALUES
    (1, '{1,1,1,1}'), (2, '{2,2}'), (3, '{3,1}'), (4, '{4}'), (5, '{4}'), (100000, '{4}')
) AS s (size, users);
SELECT is(
    (wallet.verify_page(NULL, v.size)).next_user_id, v.expected,
    format('a page of %s says where to go on', v.size)
) FROM (
    SELECT
        i.n AS size,
        (array_agg(u.user_id ORDER BY u.user_id))[i.n + 1] AS expected
    FROM generate_series(1, 4) AS i (n)
    CROSS JOIN wallet_private.user_account AS u
    GROUP BY i.n
) AS v;
SELECT is((wallet.verify_page()).users, 4::bigint, 'there are 1000 users on the usual page');

-- Each user's wallets, the history of one, a cap; and the ledger of a user that there is not (any
-- more), whose id comes right after another's.
UPDATE wallet_private.wallet SET balance = balance + 1;
UPDATE wallet_private.transfer SET actor = 'x'
WHERE user_id IN (:'alice', :'frozen');
UPDATE wallet_private.supply SET available = available + 1
WHERE stripe = 3;
INSERT INTO wallet_private.transfer
SELECT
    (left(u.user_id::text, 35) || to_hex((u.digit + 1) % 16))::uuid AS user_id,
    t.transaction_id,
    t.seq,
    t.created_at,
    t.asset_id,
    t.leg,
    t.kind,
    t.amount,
    t.balance_after,
    t.counterparty,
    t.idempotency_key,
    t.reference,
    t.details,
    t.metadata,
    t.actor,
    t.hash,
    t.feed_position
FROM wallet_private.transfer AS t
CROSS JOIN (
    SELECT
        a.user_id,
        strpos('0123456789abcdef', right(a.user_id::text, 1)) - 1 AS digit
    FROM wallet_private.user_account AS a
) AS u
WHERE t.idempotency_key = 'gold';
SELECT set_eq(
    format(
        'SELECT f.* FROM pg_temp.pages(%s) AS p CROSS JOIN LATERAL unnest(p.findings) AS f', s.size
    ),
    'SELECT * FROM wallet.verify()', format('forged books in pages of %s', s.size)
) FROM generate_series(1, 5) AS s (size);
SELECT is(
    (
        SELECT count(*) FROM pg_temp.pages(s.size) AS p
        CROSS JOIN LATERAL unnest(p.findings) AS f
    ),
    (SELECT count(*) FROM wallet.verify()), format('each once, in pages of %s', s.size)
) FROM generate_series(1, 5) AS s (size);

-- Two share them at an id.
SELECT results_eq(
    format(
        'SELECT f.* FROM ('
        'SELECT (wallet.verify_page(NULL, 1000, %1$L)).findings '
        'UNION ALL SELECT (wallet.verify_page(%1$L)).findings'
        ') AS p CROSS JOIN LATERAL unnest(p.findings) AS f ORDER BY f',
        u.user_id
    ),
    'SELECT f.* FROM wallet.verify() AS f ORDER BY f', 'forged books in two parts'
) FROM wallet_private.user_account AS u;

SELECT * FROM finish();
ROLLBACK;
