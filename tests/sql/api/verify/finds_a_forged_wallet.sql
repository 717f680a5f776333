BEGIN;
SELECT plan(19);
\ir ../../support/_forgery.sql

-- alice's wallet in SILVER, which has no cap.
CREATE TEMPORARY VIEW silver AS
SELECT w.* FROM wallet_private.wallet AS w
WHERE
    w.user_id IN (SELECT u.user_id FROM wallet.find_user('alice') AS u)
    AND wallet_private.asset_code(w.asset_id) = 'SILVER';
SELECT is(pg_temp.missed_after(v.forgery, v.checks::text[]), '{}', v.description) FROM (
    VALUES
    (
        'a balance that was raised',
        'UPDATE silver SET balance = balance + 1',
        '{balance is the sum of transfers,books are at zero}'
    ),
    (
        'a balance that went from one user to another',
        'UPDATE wallet_private.wallet AS w SET balance = w.balance + s.balance FROM silver AS s
        WHERE w.asset_id = s.asset_id AND w.user_id <> s.user_id AND w.seq = 0;
        UPDATE silver SET balance = 0',
        '{balance is the sum of transfers}'
    ),
    ('a held amount', 'UPDATE silver SET held = 1', '{held is what open holds hold}'),
    (
        'more held than there is', 'UPDATE silver SET held = balance + 1',
        '{held is what open holds hold,held is within the balance}'
    ),
    ('a cap', 'UPDATE silver SET is_capped = true', '{is_capped as its asset is}'),
    ('a freeze', 'UPDATE silver SET is_active = false', '{is_active as its account is}'),
    ('a seq', 'UPDATE silver SET seq = seq + 1', '{seq counts the transfers}'),
    ('a head', 'UPDATE silver SET head = sha256(head)', '{head is the last hash}'),
    (
        'a time', 'UPDATE silver SET moved_at = moved_at - interval ''1 second''',
        '{moved_at is the last time}'
    ),
    (
        'a wallet that is gone',
        'DELETE FROM silver',
        '{balance is the sum of transfers,books are at zero,head is the last hash,'
        'held is what open holds hold,moved_at is the last time,seq counts the transfers}'
    )
) AS v (description, forgery, checks);

-- GOLD has a cap.
SELECT is(pg_temp.missed_after(v.forgery, v.checks::text[]), '{}', v.description) FROM (
    VALUES
    (
        'a balance of a capped asset',
        'UPDATE wallet_private.wallet AS w SET balance = balance + 1
        FROM wallet_private.asset AS a WHERE w.asset_id = a.asset_id AND w.balance = 11',
        '{balance is the sum of transfers,books are at zero,supply is kept}'
    ),
    (
        'what of it can be issued', 'UPDATE wallet_private.supply SET available = available + 1',
        '{supply is kept}'
    ),
    (
        'a stripe of that', 'DELETE FROM wallet_private.supply WHERE stripe = 7', '{supply is kept}'
    ),
    (
        'all of it', 'DELETE FROM wallet_private.supply', '{supply is kept}'
    ),
    (
        'its cap', 'UPDATE wallet_private.asset SET supply = supply + 1 WHERE supply = 1000',
        '{supply is kept}'
    ),
    (
        'no cap any more', 'UPDATE wallet_private.asset SET supply = NULL WHERE supply = 1000',
        '{is_capped as its asset is,supply is kept}'
    )
) AS v (description, forgery, checks);

-- One user's faults are found with him, and not with another.
SELECT is(
    pg_temp.found_after('UPDATE silver SET balance = balance + 1', v.user_id::uuid),
    v.checks::text[], v.description
) FROM (
    VALUES
    (:'alice', '{balance is the sum of transfers}', 'alice''s wallet was forged'),
    (:'bob', '{}', 'not bob''s')
) AS v (user_id, checks, description);

-- A finding says what it is about, what it should be and what it is.
UPDATE silver SET balance = balance + 1;
SELECT results_eq(
    'SELECT * FROM wallet.verify()',
    format(
        $$
            VALUES
            ('balance is the sum of transfers', 'wallet of user %s asset SILVER', '75', '76'),
            ('books are at zero', 'asset SILVER', '275', '276')
        $$,
        :'alice'
    ),
    'it can be looked into'
);

SELECT * FROM finish();
ROLLBACK;
