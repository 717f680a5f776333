BEGIN;
SELECT plan(38);
\ir ../../support/_forgery.sql
SELECT user_id AS carol FROM wallet.create_user() \gset
SELECT balance FROM wallet.topup(:'carol', 'SILVER', 7, 'carol') \gset
CREATE TEMPORARY TABLE kept AS
SELECT c.* FROM wallet.checkpoint() AS c;

-- Nothing has moved since.
SELECT is_empty(
    'SELECT f.* FROM kept AS k CROSS JOIN LATERAL '
    'wallet.verify_page(p_since => k.checkpoint_id) AS p '
    'CROSS JOIN LATERAL unnest(p.findings) AS f',
    'what has not moved is as it was'
);

-- alice has moved since, in SILVER twice; and bob, whose wallet in POINTS is new. carol has not.
SELECT balance FROM wallet.spend(:'alice', 'SILVER', 5, 'since') \gset
SELECT balance FROM wallet.topup(:'alice', 'SILVER', 3, 'since-2', 'order-2') \gset
SELECT balance FROM wallet.topup(:'bob', 'POINTS', 3, 'since') \gset
CREATE TEMPORARY TABLE later AS
SELECT c.* FROM wallet.checkpoint() AS c;
SELECT is(
    (
        SELECT ROW(count(*), sum(p.users), sum(cardinality(p.findings)))::text
        FROM (
            WITH RECURSIVE page AS (
                SELECT p.* FROM wallet.verify_page(NULL, s.size, NULL, s.since) AS p
                UNION ALL
                SELECT n.*
                FROM page AS o
                CROSS JOIN LATERAL wallet.verify_page(o.next_user_id, s.size, NULL, s.since) AS n
                WHERE o.next_user_id IS NOT NULL
            )

            SELECT * FROM page
        ) AS p
    ),
    format('(%s,5,0)', ceil(5.0 / s.size)),
    format('sound books in pages of %s since checkpoint %s', s.size, s.since)
) FROM (
    SELECT
        n AS size,
        c.checkpoint_id AS since
    FROM generate_series(1, 3) AS n
    CROSS JOIN (
        SELECT checkpoint_id FROM kept
        UNION ALL
        SELECT checkpoint_id FROM later
    ) AS c
) AS s;
SELECT throws_ok(
    format('SELECT wallet.verify_page(p_since => %s)', v.since), 'WA209',
    'checkpoint not found', format('there is no checkpoint %s', v.since)
) FROM (VALUES (0), (-1), (1000000)) AS v (since);

-- The checks that find something after p_forgery: since the checkpoint; and, if they are asked for,
-- of all, and of the root.
CREATE FUNCTION pg_temp.found(
    p_forgery text, p_is_chained boolean, p_is_whole boolean,
    OUT since text[], OUT whole text[], OUT root text[]
)
LANGUAGE plpgsql
AS $$
DECLARE
    v_kept kept;
BEGIN
    SELECT * INTO v_kept FROM kept;
    EXECUTE p_forgery;
    IF p_is_chained THEN
        CALL pg_temp.rechain();
    END IF;
    since := ARRAY(
        SELECT DISTINCT f.check
        FROM wallet.verify_page(p_since => v_kept.checkpoint_id) AS p
        CROSS JOIN LATERAL unnest(p.findings) AS f
        ORDER BY f.check
    );
    IF NOT p_is_whole THEN
        RAISE SQLSTATE 'PT000';
    END IF;
    whole := ARRAY(SELECT DISTINCT f.check FROM wallet.verify() AS f ORDER BY f.check);
    root := ARRAY(
        SELECT DISTINCT f.check
        FROM wallet.verify_checkpoint(v_kept.checkpoint_id, v_kept.root) AS f
        ORDER BY f.check
    );
    RAISE SQLSTATE 'PT000';
EXCEPTION WHEN SQLSTATE 'PT000' THEN
    RETURN;
END
$$;
CREATE TEMPORARY VIEW silver AS
SELECT t.* FROM wallet_private.transfer AS t
WHERE
    t.user_id IN (SELECT u.user_id FROM wallet.find_user('alice') AS u)
    AND wallet_private.asset_code(t.asset_id) = 'SILVER';
CREATE TEMPORARY VIEW silver_wallet AS
SELECT w.* FROM wallet_private.wallet AS w
WHERE
    w.user_id IN (SELECT u.user_id FROM wallet.find_user('alice') AS u)
    AND wallet_private.asset_code(w.asset_id) = 'SILVER';
-- carol's, of which the only transfer is the head at the checkpoint.
CREATE TEMPORARY VIEW quiet AS
SELECT t.* FROM wallet_private.transfer AS t
WHERE t.idempotency_key = 'carol';
CREATE TEMPORARY VIEW quiet_wallet AS
SELECT w.* FROM wallet_private.wallet AS w
WHERE EXISTS (
    SELECT FROM quiet AS q
    WHERE q.user_id = w.user_id AND q.asset_id = w.asset_id
);

-- What has moved since is checked as ever.
SELECT is(f.since, v.checks::text[], v.description) FROM (
    VALUES
    (
        'an amount',
        'UPDATE silver SET amount = amount + 1 WHERE seq = 6', false,
        '{balance is the sum of transfers,balance_after adds up,chain is intact}'
    ),
    (
        'another reference', 'UPDATE silver SET reference = ''x'' WHERE seq = 6', false,
        '{chain is intact}'
    ),
    (
        'the first one since', 'UPDATE silver SET actor = ''x'' WHERE seq = 5', false,
        '{chain is intact}'
    ),
    (
        'the first one since gone', 'DELETE FROM silver WHERE seq = 5', false,
        '{balance is the sum of transfers,balance_after adds up,chain is intact,'
        'seq counts the transfers,seq has no gaps}'
    ),
    (
        'one put in at the end, of which the wallet does not know',
        'INSERT INTO silver
        SELECT user_id, gen_random_uuid(), 7, created_at + interval ''1 second'', asset_id, 1,
            ''BONUS'', 5, balance_after + 5, counterparty, ''forged'', NULL, NULL, NULL, actor,
            sha256(hash), feed_position
        FROM silver WHERE seq = 6', false,
        '{balance is the sum of transfers,chain is intact,head is the last hash,'
        'moved_at is the last time,seq counts the transfers}'
    ),
    (
        'one that gives more than it says, with all hashes',
        'UPDATE silver SET balance_after = balance_after + 500 WHERE seq = 6;
        UPDATE silver_wallet SET balance = balance + 500', true,
        '{balance is the sum of transfers,balance_after adds up}'
    ),
    (
        'a balance', 'UPDATE silver_wallet SET balance = balance + 1', false,
        '{balance is the sum of transfers}'
    ),
    ('a head', 'UPDATE silver_wallet SET head = sha256(head)', false, '{head is the last hash}'),
    (
        'a wallet gone that is younger than the checkpoint',
        'DELETE FROM wallet_private.wallet WHERE user_id IN (
            SELECT user_id FROM wallet_private.transfer
            WHERE idempotency_key = ''since'' AND kind = ''TOPUP''
        ) AND wallet_private.asset_code(asset_id) = ''POINTS''', false,
        '{balance is the sum of transfers,feed position is the last one,head is the last hash,'
        'held is what open holds hold,held is within the balance,moved_at is the last time,'
        'seq counts the transfers}'
    ),
    (
        'a record of who has moved',
        'DELETE FROM wallet_private.reversal', false,
        '{returned items were reversed,reversal is backed by its transfer}'
    ),
    (
        'a cap', 'UPDATE wallet_private.supply SET available = available + 1 WHERE stripe = 7',
        false, '{supply is kept}'
    )
) AS v (description, forgery, is_chained, checks)
CROSS JOIN LATERAL pg_temp.found(v.forgery, v.is_chained, false) AS f;

-- What has not: its last transfer is that of the checkpoint, and says what the wallet has.
SELECT is(f.since, v.checks::text[], v.description) FROM (
    VALUES
    (
        'a balance', 'UPDATE quiet_wallet SET balance = balance + 1', false,
        '{balance is the sum of transfers}'
    ),
    (
        'a balance, with the last transfer''s',
        'UPDATE quiet_wallet SET balance = balance + 1;
        UPDATE quiet SET balance_after = balance_after + 1, amount = amount + 1', false,
        '{chain is intact}'
    ),
    (
        'the same with all hashes',
        'UPDATE quiet_wallet SET balance = balance + 1;
        UPDATE quiet SET balance_after = balance_after + 1, amount = amount + 1', true,
        '{history is as it was}'
    ),
    ('held', 'UPDATE quiet_wallet SET held = 1', false, '{held is what open holds hold}'),
    (
        'a time', 'UPDATE quiet_wallet SET moved_at = moved_at - interval ''1 s''', false,
        '{moved_at is the last time}'
    ),
    ('a seq', 'UPDATE quiet_wallet SET seq = seq + 1', false, '{seq counts the transfers}'),
    (
        'a wallet gone', 'DELETE FROM quiet_wallet', false,
        '{balance is the sum of transfers,feed position is the last one,head is the last hash,'
        'held is what open holds hold,held is within the balance,moved_at is the last time,'
        'seq counts the transfers}'
    ),
    (
        'a wallet gone with all its transfers', 'DELETE FROM quiet_wallet; DELETE FROM quiet',
        false, '{history is as it was}'
    ),
    (
        'one put in behind the head',
        'INSERT INTO quiet
        SELECT user_id, gen_random_uuid(), 2, created_at + interval ''1 second'', asset_id, 1,
            ''BONUS'', 5, balance_after + 5, counterparty, ''forged'', NULL, NULL, NULL, actor,
            sha256(hash), feed_position
        FROM quiet', false,
        '{balance is the sum of transfers,chain is intact,head is the last hash,'
        'moved_at is the last time,seq counts the transfers}'
    )
) AS v (description, forgery, is_chained, checks)
CROSS JOIN LATERAL pg_temp.found(v.forgery, v.is_chained, false) AS f;

-- Before the head of then, no transfer is read: the root vouches for that head, and who verified
-- then for what led to it. The whole check reads all.
SELECT is(
    ROW(f.since, f.whole)::text, ROW(v.since::text[], v.whole::text[])::text, v.description
) FROM (
    VALUES
    (
        'an old transfer', 'UPDATE silver SET reference = ''x'' WHERE seq = 1', false,
        '{}', '{chain is intact}'
    ),
    (
        'the same with all hashes', 'UPDATE silver SET reference = ''x'' WHERE seq = 1', true,
        '{history is as it was}', '{}'
    ),
    (
        'all before the head gone', 'DELETE FROM silver WHERE seq < 3', false,
        '{completion is backed by its transfer}',
        '{balance is the sum of transfers,balance_after adds up,books are at zero,chain is intact,'
        'completion is backed by its transfer,seq counts the transfers,seq has no gaps}'
    ),
    (
        'a record of who has not moved',
        'INSERT INTO wallet_private.purchase
        SELECT (p.r).* FROM (
            SELECT jsonb_populate_record(o, jsonb_build_object(
                ''user_id'', q.user_id, ''transaction_id'', gen_random_uuid()
            )) AS r
            FROM wallet_private.purchase AS o CROSS JOIN quiet AS q
        ) AS p', false,
        '{}', '{purchase is backed by its transfer,returned items were reversed}'
    ),
    (
        'an old transfer of a chain of which it is said that an erasure made it anew',
        'UPDATE silver SET reference = ''x'' WHERE seq = 1;
        INSERT INTO wallet_private.erased_chain (user_id, asset_id, seq)
        SELECT user_id, asset_id, 1 FROM silver_wallet', false,
        '{chain is intact,only an erasure makes a chain anew}',
        '{chain is intact,only an erasure makes a chain anew}'
    )
) AS v (description, forgery, is_chained, since, whole)
CROSS JOIN LATERAL pg_temp.found(v.forgery, v.is_chained, true) AS f;

-- A checkpoint that was made to fit vouches for what was forged. Its root does not.
SELECT is(
    ROW(f.since, f.whole, f.root)::text,
    ROW(v.since::text[], '{}'::text[], '{root is that of the checkpoint}'::text[])::text,
    v.description
) FROM (
    VALUES
    (
        'heads that were set right too',
        'UPDATE silver SET actor = ''x'' WHERE seq = 1; CALL pg_temp.rechain();
        UPDATE wallet_private.checkpoint_head AS h SET head = t.hash
        FROM wallet_private.transfer AS t
        WHERE t.user_id = h.user_id AND t.asset_id = h.asset_id AND t.seq = h.seq',
        '{}'
    ),
    (
        'a head that is gone', 'DELETE FROM wallet_private.checkpoint_head WHERE user_id IN (
            SELECT user_id FROM quiet
        )', '{}'
    )
) AS v (description, forgery, since)
CROSS JOIN LATERAL pg_temp.found(v.forgery, false, true) AS f;
SELECT throws_ok(
    'DELETE FROM wallet_private.checkpoint WHERE checkpoint_id IN (SELECT checkpoint_id FROM kept);'
    'SELECT wallet.verify_page(p_since => k.checkpoint_id) FROM kept AS k',
    'WA209', 'checkpoint not found', 'a checkpoint that is gone'
);

SELECT * FROM finish();
ROLLBACK;
