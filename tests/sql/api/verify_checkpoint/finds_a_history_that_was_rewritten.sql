BEGIN;
SELECT plan(18);
\ir ../../support/_forgery.sql

SELECT
    checkpoint_id AS first_id,
    root AS first_root
FROM wallet.checkpoint() \gset
SELECT balance FROM wallet.spend(:'alice', 'SILVER', 5, 'after the first') \gset
SELECT
    checkpoint_id AS second_id,
    root AS second_root
FROM wallet.checkpoint() \gset
SELECT balance FROM wallet.spend(:'alice', 'SILVER', 5, 'after the second') \gset
SELECT balance FROM wallet.topup(:'bob', 'POINTS', 5, 'a new wallet') \gset
SELECT is_empty(
    format('SELECT * FROM wallet.verify_checkpoint(%s, %L)', v.id, v.root), v.description
) FROM (
    VALUES
    (:'first_id', :'first_root', 'what has happened since is no fault'),
    (:'second_id', :'second_root', 'of no checkpoint')
) AS v (id, root, description);

-- Who rewrites history leaves sound books behind: every hash computed anew, the wallets set right.
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
CREATE FUNCTION pg_temp.findings_after(p_forgery text, p_id bigint, p_root text)
RETURNS wallet.finding[]
LANGUAGE plpgsql
AS $$
DECLARE
    v_findings wallet.finding[];
    v_by_verify bigint;
BEGIN
    CALL pg_temp.unlock();
    EXECUTE p_forgery;
    CALL pg_temp.rechain();
    v_findings := ARRAY(SELECT f FROM wallet.verify_checkpoint(p_id, p_root) AS f);
    SELECT count(*) INTO v_by_verify FROM wallet.verify();
    RAISE SQLSTATE 'PT000';
EXCEPTION WHEN SQLSTATE 'PT000' THEN
    RETURN CASE v_by_verify WHEN 0 THEN v_findings END;
END
$$;

-- The subjects that are found by the one and the other checkpoint, and not by wallet.verify.
SELECT is(
    (
        SELECT array_agg(split_part(f.subject, ' ', 2)::int ORDER BY f.subject)
        FROM unnest(v.findings) AS f
        WHERE
            f.subject LIKE 'transfer % of user ' || :'alice' || ' asset SILVER'
            AND f.check = 'history is as it was'
    ),
    v.expected::int[], format('%s: checkpoint %s', v.description, v.id)
) FROM (
    SELECT
        f.*,
        c.*,
        pg_temp.findings_after(f.forgery, c.id::bigint, c.root) AS findings
    FROM (
        VALUES
        (
            'another actor long ago', 'UPDATE silver SET actor = ''x'' WHERE seq = 1',
            '{4}', '{4,5}'
        ),
        (
            'an amount, and all that came of it',
            'UPDATE silver SET amount = amount + 1 WHERE seq = 1;
            UPDATE silver SET balance_after = balance_after + 1;
            UPDATE silver_wallet SET balance = balance + 1',
            '{4}', '{4,5}'
        ),
        (
            'another time after the first checkpoint',
            'UPDATE silver SET created_at = created_at + interval ''1 microsecond'' WHERE seq = 5',
            NULL, '{5}'
        ),
        (
            'the last two taken out', 'DELETE FROM silver WHERE seq > 4;
            UPDATE silver_wallet AS w SET seq = 4, balance = s.balance_after,
                moved_at = s.created_at FROM silver AS s WHERE s.seq = 4',
            NULL, '{5}'
        ),
        (
            'what happened after both', 'UPDATE silver SET reference = ''x'' WHERE seq = 6',
            NULL, NULL
        )
    ) AS f (description, forgery, by_first, by_second)
    CROSS JOIN LATERAL (
        VALUES
        (:'first_id', :'first_root', f.by_first),
        (:'second_id', :'second_root', f.by_second)
    ) AS c (id, root, expected)
) AS v;

-- The findings in full.
SELECT encode(s.hash, 'hex') AS hash FROM silver AS s
WHERE s.seq = 5 \gset
SELECT is(
    pg_temp.findings_after(
        'UPDATE silver SET created_at = created_at WHERE seq = 1', :first_id, repeat('0', 64)
    ),
    ARRAY[(
        'root is that of the checkpoint', format('checkpoint %s', :first_id), repeat('0', 64),
        :'first_root'
    )::wallet.finding],
    'another root is told, and the one that there is'
);
SELECT is(
    pg_temp.findings_after(
        'DELETE FROM silver WHERE seq > 4;
        UPDATE silver_wallet AS w SET seq = 4, balance = s.balance_after,
            moved_at = s.created_at FROM silver AS s WHERE s.seq = 4', :second_id, :'second_root'
    ),
    ARRAY[(
        'history is as it was', format('transfer 5 of user %s asset SILVER', :'alice'), :'hash',
        'no such transfer'
    )::wallet.finding],
    'a transfer that is gone is told, and its hash'
);

-- Who changes what was written down is found by the root that is kept elsewhere.
SELECT is(
    (
        SELECT min(f.subject) FROM unnest(v.findings) AS f
        WHERE f.check = 'root is that of the checkpoint'
    ),
    'checkpoint ' || :'first_id', v.description
) FROM (
    SELECT
        f.description,
        pg_temp.findings_after(f.forgery, :first_id, :'first_root') AS findings
    FROM (
        VALUES
        (
            'heads that were set right too',
            'UPDATE silver SET actor = ''x'' WHERE seq = 1; CALL pg_temp.rechain();
            UPDATE wallet_private.checkpoint_head AS h SET head = t.hash
            FROM wallet_private.transfer AS t
            WHERE t.user_id = h.user_id AND t.asset_id = h.asset_id AND t.seq = h.seq'
        ),
        ('a head that is gone', 'DELETE FROM wallet_private.checkpoint_head WHERE seq = 4'),
        ('a seq', 'UPDATE wallet_private.checkpoint_head SET seq = 3 WHERE seq = 4'),
        ('all of them', 'DELETE FROM wallet_private.checkpoint_head')
    ) AS f (description, forgery)
) AS v;

SELECT * FROM finish();
ROLLBACK;
