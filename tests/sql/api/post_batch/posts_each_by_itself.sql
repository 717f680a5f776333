BEGIN;
SELECT plan(9);
\ir ../../support/_economy.sql

CREATE TEMPORARY TABLE answer AS
SELECT r.*
FROM wallet.post_batch(
    ARRAY[
        (:'bob', 'TOPUP', 'POINTS', 30, 'key-1', 'card 4242', '{"shop": "north"}'),
        (:'alice', 'SPEND', 'GOLD', 101, 'key-1', NULL, NULL),
        (:'alice', 'SPEND', 'GOLD', 60, 'key-1', NULL, NULL),
        (:'bob', 'BONUS', 'GOLD', 5, 'key-2', NULL, NULL),
        (:'bob', 'SPEND', 'POINTS', 12.5, 'key-3', 'order-7', NULL),
        (:'bob', 'SPEND', 'POINTS', 17.51, 'key-4', NULL, NULL),
        (:'alice', 'SPEND', 'GOLD', 40, 'key-2', NULL, '{}')
    ]::wallet.request[],
    'till-3'
) AS r;

SELECT results_eq(
    'SELECT ord, kind, user_id, asset, amount, balance, reference, metadata, is_replay '
    'FROM answer WHERE code IS NULL',
    format(
        'VALUES (1, ''TOPUP'', %1$L::uuid, ''POINTS'', 30.00, 30.00, ''card 4242'', '
        '''{"shop": "north"}''::jsonb, false), '
        '(3, ''SPEND'', %2$L, ''GOLD'', 60, 40, NULL, NULL, false), '
        '(4, ''BONUS'', %1$L, ''GOLD'', 5, 5, NULL, NULL, false), '
        '(5, ''SPEND'', %1$L, ''POINTS'', 12.50, 17.50, ''order-7'', NULL, false), '
        '(7, ''SPEND'', %2$L, ''GOLD'', 40, 0, NULL, ''{}'', false)', :'bob', :'alice'
    ),
    'each that can be has its receipt, in the order given'
);
SELECT results_eq(
    'SELECT to_jsonb(a.*) FROM answer AS a WHERE code IS NOT NULL',
    $$
        SELECT to_jsonb(jsonb_populate_record(NULL::wallet.batch_result, v.result))
        FROM (
            VALUES
            (1, jsonb_build_object(
                'ord', 2, 'code', 'WA401', 'message', 'the balance is too low',
                'detail', '101 GOLD is needed, 100 is available: 1 is missing.',
                'hint', 'Try it with at most 100.'
            )),
            (2, jsonb_build_object(
                'ord', 6, 'code', 'WA401', 'message', 'the balance is too low',
                'detail', '17.51 POINTS is needed, 17.50 is available: 0.01 is missing.',
                'hint', 'Try it with at most 17.50.'
            ))
        ) AS v (ordinal, result)
        ORDER BY v.ordinal
    $$,
    'each that can''t has its refusal and nothing else'
);
SELECT results_eq(
    'SELECT t.kind, t.amount, t.balance_after, t.idempotency_key, t.actor, t.created_at '
    'FROM wallet.transaction AS t '
    'INNER JOIN answer AS a ON t.transaction_id = a.transaction_id ORDER BY a.ord',
    $$
        SELECT
            a.kind, a.amount * CASE a.kind WHEN 'SPEND' THEN -1 ELSE 1 END, a.balance, v.key,
            'till-3', a.created_at
        FROM answer AS a
        INNER JOIN (
            VALUES (1, 'key-1'), (3, 'key-1'), (4, 'key-2'), (5, 'key-3'), (7, 'key-2')
        ) AS v (ord, key) ON v.ord = a.ord
        ORDER BY a.ord
    $$,
    'the transactions are kept with their keys and the actor'
);
SELECT results_eq(
    'SELECT e.entry_type, e.account, e.amount, e.balance_after FROM wallet.ledger_entry AS e '
    'INNER JOIN answer AS a ON e.transaction_id = a.transaction_id '
    'WHERE a.ord IN (1, 5) ORDER BY a.ord, e.entry',
    $$
        VALUES
        ('DEBIT', 'TREASURY', 30.00, NULL::numeric), ('CREDIT', 'USER', 30.00, 30.00),
        ('DEBIT', 'USER', 12.50, 17.50), ('CREDIT', 'TREASURY', 12.50, NULL)
    $$,
    'the treasury is on the other side of each'
);
SELECT results_eq(
    format(
        'SELECT asset, balance FROM wallet.list_balances(%L) UNION ALL '
        'SELECT asset, balance FROM wallet.list_balances(%L)', :'alice', :'bob'
    ),
    $$
        VALUES
        ('COPPER', 10::numeric), ('GOLD', 0), ('POINTS', 20.50), ('SILVER', 0),
        ('GOLD', 5), ('POINTS', 17.50), ('SILVER', 0)
    $$,
    'the balances are what came of it'
);
SELECT results_eq(
    'SELECT remaining FROM wallet.treasury(''GOLD'')', 'VALUES (995::numeric)',
    'and what is left of the cap'
);

SELECT asset FROM wallet.create_asset('RUBY', 'Ruby', p_supply => 100) \gset
SELECT results_eq(
    format(
        'SELECT balance, code FROM wallet.post_batch(ARRAY['
        '(%1$L, ''TOPUP'', ''RUBY'', 90, ''ruby-1'', NULL, NULL), '
        '(%2$L, ''BONUS'', ''RUBY'', 11, ''ruby-1'', NULL, NULL), '
        '(%2$L, ''BONUS'', ''RUBY'', 10, ''ruby-2'', NULL, NULL), '
        '(%1$L, ''SPEND'', ''RUBY'', 80, ''ruby-2'', NULL, NULL), '
        '(%2$L, ''BONUS'', ''RUBY'', 80, ''ruby-3'', NULL, NULL)'
        ']::wallet.request[])', :'alice', :'bob'
    ),
    $$
        VALUES (90::numeric, NULL::text), (NULL, 'WA402'), (10, NULL), (10, NULL), (90, NULL)
    $$,
    'a cap holds within a batch, also of an asset that is younger than the users'
);
SELECT is(
    (
        SELECT count(*) FROM wallet.transaction AS t
        WHERE t.asset = 'RUBY' AND t.actor = session_user
    ), 4::bigint, 'without an actor it is the session''s user'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
