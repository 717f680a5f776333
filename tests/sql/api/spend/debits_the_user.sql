BEGIN;
SELECT plan(9);
\ir ../../support/_economy.sql

SELECT * FROM wallet.spend(
    :'alice', 'GOLD', 30, 'key-1', 'order-7', '{"shop": "north"}', 'till-3'
) \gset

SELECT results_eq(
    format(
        'SELECT kind, user_id, asset, amount, balance, reference, metadata, is_replay '
        'FROM wallet.spend(%L, ''GOLD'', 1, ''key-2'')', :'alice'
    ),
    format(
        'VALUES (''SPEND'', %L::uuid, ''GOLD'', 1::numeric, 69::numeric, '
        'NULL::text, NULL::jsonb, false)', :'alice'
    ),
    'the receipt says what was asked and what is left'
);
SELECT is(
    (:'amount'::numeric, :'balance'::numeric, :'reference'::text, :'metadata'::jsonb),
    (30::numeric, 70::numeric, 'order-7'::text, '{"shop": "north"}'::jsonb),
    'reference and metadata come back'
);
SELECT is(
    (SELECT t.actor FROM wallet.get_transaction(:'alice', :'transaction_id') AS t), 'till-3',
    'the actor is kept'
);
SELECT is(
    (SELECT b.available FROM wallet.get_balance(:'alice', 'GOLD') AS b), 69::numeric,
    'the balance goes down'
);
SELECT is(
    (SELECT b.available FROM wallet.get_balance(:'alice', 'POINTS') AS b), 20.50,
    'another asset stays as it was'
);
SELECT results_eq(
    format(
        'SELECT entry_type, account, amount, balance_after '
        'FROM wallet.list_ledger_entries(%L, ''GOLD'', ''SPEND'') WHERE transaction_id = %L '
        'ORDER BY account DESC', :'alice', :'transaction_id'
    ),
    $$VALUES
        ('DEBIT', 'USER', 30::numeric, 70::numeric),
        ('CREDIT', 'TREASURY', 30::numeric, NULL::numeric)
    $$,
    'the user is debited and the treasury credited'
);
SELECT is(
    (SELECT t.remaining FROM wallet.treasury('GOLD') AS t), 931::numeric,
    'what is spent of a capped asset can be issued again'
);
SELECT is(
    (wallet.spend(:'alice', 'GOLD', 69, 'key-3')).balance, 0::numeric,
    'all of it can be spent'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
