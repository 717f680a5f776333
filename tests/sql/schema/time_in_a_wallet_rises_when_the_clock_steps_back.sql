BEGIN;
SELECT plan(7);
\ir ../support/_history.sql

-- All that has happened is an hour ahead, as it is once a clock that was fast has been set right.
CALL pg_temp.let_pass('-1 hour');
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound before');
CREATE TEMPORARY TABLE before AS
SELECT
    t.user_id,
    t.asset_id,
    max(t.seq) AS seq,
    max(t.created_at) AS created_at
FROM wallet_private.transfer AS t
GROUP BY t.user_id, t.asset_id;

-- Each way in which a movement is appended: alone, in a pair, as a hold, in a batch with one and
-- with several of a wallet.
SELECT balance FROM wallet.topup(:'alice', 'SILVER', 150, 'back-1') \gset
SELECT balance FROM wallet.spend(:'alice', 'SILVER', 1, 'back-2') \gset
SELECT rate_id FROM wallet.convert(:'alice', 'SILVER', 'GOLD', 50, 'back-3') \gset
SELECT hold_id FROM wallet.place_hold(:'alice', 'GOLD', 1, '1 minute', 'back-4') \gset
SELECT balance FROM wallet.capture_hold(:'alice', :'hold_id', 1, 'back-5') \gset
SELECT is(
    (
        SELECT count(r.transaction_id)
        FROM wallet.post_batch(
            ARRAY[
                (:'bob', 'BONUS', 'GOLD', 1, 'back-6', NULL, NULL),
                (:'alice', 'TOPUP', 'SILVER', 1, 'back-7', NULL, NULL),
                (:'alice', 'SPEND', 'SILVER', 1, 'back-8', NULL, NULL),
                (:'alice', 'TOPUP', 'SILVER', 2, 'back-9', NULL, NULL)
            ]::wallet.request[]
        ) AS r
    ),
    4::bigint, 'a batch goes on'
);

SELECT is_empty(
    $$
        SELECT t.user_id, t.asset_id, t.seq
        FROM wallet_private.transfer AS t
        INNER JOIN wallet_private.transfer AS earlier
            ON t.user_id = earlier.user_id AND t.asset_id = earlier.asset_id
            AND t.seq = earlier.seq + 1
        WHERE t.created_at <= earlier.created_at
    $$,
    'in each wallet every transfer is later than the one before it'
);
SELECT is_empty(
    $$
        SELECT t.seq
        FROM wallet_private.transfer AS t
        INNER JOIN before AS b USING (user_id, asset_id)
        WHERE t.seq > b.seq AND t.created_at > b.created_at + interval '1 second'
    $$,
    'by no more than is needed'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound after');
SELECT is(
    (SELECT b.balance FROM wallet.get_balance_at(:'alice', 'SILVER', now() + '2 hours') AS b),
    (SELECT b.balance FROM wallet.get_balance(:'alice', 'SILVER') AS b),
    'the last balance is the present one'
);
SELECT results_eq(
    format(
        'SELECT transaction_id FROM wallet.list_transactions(%L, ''SILVER'', NULL, 200)', :'alice'
    ),
    format(
        $$
            SELECT t.transaction_id
            FROM wallet_private.transfer AS t
            INNER JOIN wallet_private.asset AS a USING (asset_id)
            WHERE t.user_id = %L AND a.code = 'SILVER'
            ORDER BY t.seq DESC
        $$, :'alice'
    ),
    'the newest transaction still comes first'
);

SELECT * FROM finish();
ROLLBACK;
