BEGIN;
SELECT plan(13);
\ir ../../support/_books.sql

SELECT budget FROM wallet.create_campaign('SPRING', 'POINTS', 100) \gset
-- By each of the three ids; alice has a wallet, bob's is missing.
SELECT user_id AS carol FROM wallet.create_user(NULL, 'Carol', 'Carol@example.com') \gset
CALL pg_temp.unlock();
DELETE FROM wallet_private.wallet
WHERE user_id = :'bob' AND asset_id = (
    SELECT a.asset_id FROM wallet_private.asset AS a
    WHERE a.code = 'POINTS'
);
CALL pg_temp.lock();
CREATE TEMPORARY TABLE request AS
SELECT ARRAY[
    (:'alice', NULL, NULL, 1.5, 'gift'),
    (NULL, 'bob', NULL, 2, NULL),
    (NULL, NULL, 'cAROL@example.com', 3.00, NULL)
]::wallet.grant_request[] AS grants;

SELECT results_eq(
    $$
        SELECT r.users, r.amount, r.replays, r.refusals
        FROM request AS q, wallet.grant_batch('SPRING', q.grants, 'marketing') AS r
    $$,
    $$ VALUES (3, 6.50, 0, '{}'::wallet.refusal[]) $$, 'all are credited'
);
SELECT results_eq(
    format(
        'SELECT t.kind::text, t.amount, t.reference, t.idempotency_key COLLATE "default", t.actor '
        'FROM wallet_private.transfer AS t WHERE t.user_id = %L ORDER BY t.created_at DESC LIMIT 1',
        :'alice'
    ),
    $$ VALUES ('BONUS', 1.50, 'gift', 'campaign:SPRING', 'marketing') $$,
    'by a bonus whose key is the campaign''s'
);
SELECT is((wallet.get_balance(v.user_id, 'POINTS')).balance, v.balance, v.name) FROM (
    VALUES
    (:'alice'::uuid, 22.00, 'alice has it'), (:'bob', 2.00, 'bob too'), (:'carol', 3.00, 'all')
) AS v (user_id, balance, name);
SELECT results_eq(
    $$
        SELECT r.users, r.amount, r.replays, r.refusals
        FROM request AS q, wallet.grant_batch('SPRING', q.grants) AS r
    $$,
    $$ VALUES (0, 0::numeric, 3, '{}'::wallet.refusal[]) $$, 'again, nobody is'
);
SELECT results_eq(
    format(
        $$
            SELECT r.users, r.replays, r.refusals[1].ord, r.refusals[1].code, r.refusals[2].code
            FROM wallet.grant_batch('SPRING', ARRAY[
                (%L, NULL, NULL, 1.50, 'gift'), (NULL, 'bob', NULL, 2.01, NULL),
                (NULL, NULL, 'carol@example.com', 3, 'x')
            ]::wallet.grant_request[]) AS r
        $$, :'alice'
    ),
    $$ VALUES (0, 1, 2, 'WA301', 'WA301') $$, 'with another amount or reference they are refused'
);
SELECT is((wallet.get_balance(:'bob', 'POINTS')).balance, 2.00, 'and have what they had');
SELECT results_eq(
    $$
        SELECT r.users, r.amount FROM wallet.create_campaign('SUMMER', 'POINTS') AS c, request AS q,
            LATERAL wallet.grant_batch(c.campaign, q.grants) AS r
    $$,
    $$ VALUES (3, 6.50) $$, 'another campaign is another gift'
);
SELECT results_eq(
    'SELECT c.campaign, c.granted, c.users FROM wallet.list_campaigns() AS c',
    $$ VALUES ('SPRING', 6.50, 3::bigint), ('SUMMER', 6.50, 3) $$, 'only what was paid is counted'
);
SELECT supply FROM wallet.create_asset('RUBY', 'Ruby', 0, 100) \gset
SELECT budget FROM wallet.create_campaign('RUBIES', 'RUBY') \gset
SELECT is(
    (wallet.grant_batch('RUBIES', ARRAY[
        (NULL, 'alice', NULL, 60, NULL), (NULL, 'bob', NULL, 60, NULL)
    ]::wallet.grant_request[])).users, 1, 'a cap holds where nobody had a wallet yet'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');
UPDATE wallet_private.budget SET granted = granted - 1, users = users + 1
WHERE stripe = 0 AND campaign_id = (
    SELECT c.campaign_id FROM wallet_private.campaign AS c
    WHERE c.code = 'SPRING'
);
SELECT results_eq(
    'SELECT f."check", f.subject, f.expected, f.found FROM wallet.verify() AS f',
    $$
        VALUES
        ('budget is kept', 'campaign SPRING', '100.00', '99.00'),
        ('campaign gave what it counts', 'campaign SPRING', '6.50', '5.50'),
        ('campaign paid whom it counts', 'campaign SPRING', '3', '4')
    $$, 'and a count that was forged is found'
);

SELECT * FROM finish();
ROLLBACK;
