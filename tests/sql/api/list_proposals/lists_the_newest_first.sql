BEGIN;
SELECT plan(10);
\ir ../../support/_proposals.sql

SELECT count(pg_temp.proposed('bonus', pg_temp.arguments_of('bonus'), 'key ' || n.n)) AS made
FROM generate_series(1, 5) AS n (n) \gset
CREATE FUNCTION pg_temp.nth(p_key integer) RETURNS uuid
LANGUAGE sql
STABLE
AS $$
    SELECT p.proposal_id FROM wallet_private.proposal AS p
    WHERE p.idempotency_key = 'key ' || p_key
$$;
SELECT status FROM wallet.approve_proposal(pg_temp.nth(1), 'fine', 'key', 'bob') \gset
SELECT status FROM wallet.reject_proposal(pg_temp.nth(2), 'no', 'key', 'bob') \gset
UPDATE wallet_private.proposal AS p SET expires_at = clock_timestamp()
WHERE p.proposal_id = pg_temp.nth(3);

SELECT results_eq(
    'SELECT p.proposal_id, p.status FROM wallet.list_proposals() AS p',
    $$
        VALUES
        (pg_temp.nth(5), 'pending'), (pg_temp.nth(4), 'pending'), (pg_temp.nth(3), 'expired'),
        (pg_temp.nth(2), 'rejected'), (pg_temp.nth(1), 'approved')
    $$, 'the newest first, as they stand'
);
SELECT results_eq(
    format('SELECT p.proposal_id FROM wallet.list_proposals(%L) AS p', v.status), v.wanted, v.status
) FROM (
    VALUES
    ('pending', 'SELECT pg_temp.nth(v) FROM (VALUES (5), (4)) AS v (v)'),
    ('expired', 'SELECT pg_temp.nth(3)'),
    ('rejected', 'SELECT pg_temp.nth(2)'),
    ('approved', 'SELECT pg_temp.nth(1)')
) AS v (status, wanted);

SELECT
    max(p.cursor) AS cursor,
    count(*) AS rows
FROM wallet.list_proposals(p_limit => 3) AS p \gset
SELECT is(:rows, 3, 'a page has as many as were asked for');
SELECT results_eq(
    format('SELECT p.proposal_id FROM wallet.list_proposals(NULL, 3, %L) AS p', :'cursor'),
    'SELECT pg_temp.nth(v) FROM (VALUES (2), (1)) AS v (v)', 'and the next page has the rest'
);
SELECT throws_ok(v.sql, v.code, pg_temp.message(v.code), v.sql) FROM (
    VALUES
    (format('SELECT wallet.list_proposals(''pending'', 3, %L)', :'cursor'), 'WA108'),
    ('SELECT wallet.list_proposals(NULL, 201)', 'WA109'),
    ('SELECT wallet.list_proposals(''running'')', 'WA110')
) AS v (sql, code);

SELECT * FROM finish();
ROLLBACK;
