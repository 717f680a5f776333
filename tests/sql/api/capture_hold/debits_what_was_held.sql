BEGIN;
SELECT plan(11);
\ir ../../support/_books.sql

-- 40 of alice's 100 GOLD are held, of 1000 that there can be.
SELECT hold_id FROM wallet.place_hold(:'alice', 'GOLD', 40, '1 hour', 'hold', 'order-7') \gset
CREATE TEMPORARY TABLE answer AS
SELECT c.*
FROM wallet.capture_hold(
    :'alice', :'hold_id', 15, 'key', '{"shop": "north"}', 'till-3'
) AS c;
SELECT transaction_id FROM answer \gset
SELECT is(
    (SELECT to_jsonb(a.*) - '{transaction_id, created_at}'::text[] FROM answer AS a),
    jsonb_build_object(
        'kind', 'CAPTURE', 'user_id', :'alice', 'asset', 'GOLD', 'amount', 15, 'balance', 85,
        'reference', NULL, 'metadata', '{"shop": "north"}'::jsonb, 'is_replay', false,
        'hold_id', :'hold_id', 'remaining', 25
    ),
    'the receipt says what was captured and what remains'
);
SELECT results_eq(
    format('SELECT balance, held, available FROM wallet.get_balance(%L, %L)', :'alice', 'GOLD'),
    'VALUES (85::numeric, 25::numeric, 60::numeric)', 'what is available stays the same'
);
SELECT results_eq(
    format(
        'SELECT entry_type, account, asset, amount, balance_after FROM wallet.ledger_entry '
        'WHERE transaction_id = %L ORDER BY entry', :'transaction_id'
    ),
    'VALUES (''DEBIT'', ''USER'', ''GOLD'', 15::numeric, 85::numeric), '
    '(''CREDIT'', ''TREASURY'', ''GOLD'', 15, NULL)',
    'the treasury has it now'
);
SELECT results_eq(
    'SELECT outstanding, remaining FROM wallet.treasury(''GOLD'')',
    'VALUES (85::numeric, 915::numeric)', 'and of a capped asset it can be issued again'
);

SELECT results_eq(
    format(
        'SELECT amount, balance, remaining FROM wallet.capture_hold(%L, %L, 5, %L)', :'alice',
        :'hold_id', 'key-2'
    ),
    'VALUES (5::numeric, 80::numeric, 20::numeric)', 'it can be captured in parts'
);
SELECT results_eq(
    format(
        'SELECT h.status, h.captured, h.remaining, h.reference FROM wallet.list_holds(%L) AS h',
        :'alice'
    ),
    'VALUES (''open'', 20::numeric, 20::numeric, ''order-7'')', 'and stays open for the rest'
);
SELECT results_eq(
    format(
        'SELECT amount, balance, remaining FROM wallet.capture_hold(%L, %L, NULL, %L)', :'alice',
        :'hold_id', 'key-3'
    ),
    'VALUES (20::numeric, 60::numeric, 0::numeric)', 'without an amount all that is left goes'
);
SELECT results_eq(
    format('SELECT h.status, h.captured, h.remaining FROM wallet.list_holds(%L) AS h', :'alice'),
    'VALUES (''captured'', 40::numeric, 0::numeric)', 'and it is closed'
);
SELECT results_eq(
    format('SELECT balance, held, available FROM wallet.get_balance(%L, %L)', :'alice', 'GOLD'),
    'VALUES (60::numeric, 0::numeric, 60::numeric)', 'nothing is held any more'
);
SELECT results_eq(
    format('SELECT amount FROM wallet.list_transactions(%L, p_kind => %L)', :'alice', 'CAPTURE'),
    'VALUES (20::numeric), (5), (15)', 'each part is a movement'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
