BEGIN;
SELECT plan(15);
\ir ../../support/_forgery.sql

-- :'bob' is erased, and alice is not.
SELECT balance FROM wallet.topup(:'bob', 'SILVER', 5, 'b-1', 'of Bob', NULL, 'Bob') \gset
SELECT count(*) AS settled FROM wallet.list_balances(:'bob') AS b
CROSS JOIN LATERAL wallet.adjust(:'bob', b.asset, -b.balance, 'b-' || b.asset, 'why')
WHERE b.balance > 0 \gset
CALL pg_temp.lock();
SELECT status FROM wallet.erase_user(:'bob', 'ticket 8') \gset
CALL pg_temp.unlock();
SELECT is_empty('SELECT * FROM wallet.verify()', 'a true erasure is no fault');

CREATE TEMPORARY VIEW his AS SELECT t.* FROM wallet_private.transfer AS t
WHERE t.user_id IN (
    SELECT a.subject::uuid FROM wallet.operator_action AS a
    WHERE a.name = 'erase_user'
);
CREATE TEMPORARY VIEW hers AS SELECT t.* FROM wallet_private.transfer AS t
WHERE t.seal IS NOT NULL AND t.user_id IN (SELECT u.user_id FROM wallet.find_user('alice') AS u);
SELECT is(pg_temp.missed_after(v.forgery, v.checks::text[]), '{}', v.description) FROM (
    VALUES
    ('a reference changed', 'UPDATE hers SET reference = ''x''', '{chain is intact}'),
    (
        'a reason changed', 'UPDATE hers SET details = details || ''{"reason": "x"}''',
        '{chain is intact}'
    ),
    ('metadata added', 'UPDATE hers SET metadata = ''{"x": 1}''', '{chain is intact}'),
    ('another actor', 'UPDATE hers SET actor = ''x''', '{chain is intact}'),
    ('another salt', 'UPDATE hers SET seal = uuid_send(gen_random_uuid())', '{chain is intact}'),
    (
        'texts of a user who is not erased, removed as an erasure does',
        'UPDATE hers SET seal = decode(wallet_private.text_digest('
        'seal, reference, details, metadata, actor), ''hex''), reference = NULL, actor = NULL, '
        'metadata = NULL, details = details - ''reason''',
        '{texts are there until their user is erased}'
    ),
    (
        'other texts, covered by the old digest',
        'UPDATE hers SET seal = decode(wallet_private.text_digest('
        'seal, reference, details, metadata, actor), ''hex''), reference = ''forged''',
        '{texts are there until their user is erased}'
    ),
    (
        'the digest as if it were the text',
        'UPDATE hers SET reference = wallet_private.text_digest('
        'seal, reference, details, metadata, actor), seal = NULL, actor = NULL, metadata = NULL, '
        'details = details - ''reason''',
        '{texts are there until their user is erased}'
    ),
    (
        'the user with them',
        'UPDATE wallet_private.user_account SET status = ''erased'' WHERE external_id = ''alice'' '
        'OR name = ''Alice''',
        '{an erasure is recorded,is_active as its account is,'
        'texts are there until their user is erased,who is erased has no name}'
    ),
    (
        'what was erased, invented', 'UPDATE his SET reference = ''x''',
        '{texts are there until their user is erased}'
    ),
    ('another digest', 'UPDATE his SET seal = sha256(seal)', '{chain is intact}'),
    ('an amount', 'UPDATE his SET amount = amount + 1 WHERE seq = 1', '{chain is intact}'),
    (
        'an erased user back again',
        'UPDATE wallet_private.user_account SET status = ''active'' WHERE status = ''erased''',
        '{an erasure is recorded,is_active as its account is}'
    ),
    (
        'a chain made anew without an erasure',
        'INSERT INTO wallet_private.erased_chain (user_id, asset_id, seq) '
        'SELECT user_id, asset_id, 1 FROM hers LIMIT 1',
        '{only an erasure makes a chain anew}'
    )
) AS v (description, forgery, checks);

SELECT * FROM finish();
ROLLBACK;
