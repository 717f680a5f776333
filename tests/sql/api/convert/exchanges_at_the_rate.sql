BEGIN;
SELECT plan(12);
\ir ../../support/_economy.sql

SELECT balance FROM wallet.bonus(:'alice', 'SILVER', 1000, 'silver') \gset
CREATE TEMPORARY TABLE answer AS
SELECT r.*
FROM wallet.convert(
    :'alice', 'SILVER', 'GOLD', 150, 'key', NULL, '{"shop": "north"}', 'till-3'
) AS r;
SELECT transaction_id FROM answer \gset

SELECT is(
    (SELECT to_jsonb(a.*) - '{transaction_id, created_at}'::text[] FROM answer AS a),
    jsonb_build_object(
        'kind', 'CONVERT', 'user_id', :'alice',
        'from_asset', 'SILVER', 'from_amount', 150, 'from_balance', 850,
        'to_asset', 'GOLD', 'to_amount', 3, 'to_balance', 103,
        'rate_id', :silver_to_gold, 'metadata', '{"shop": "north"}'::jsonb, 'is_replay', false
    ),
    'the receipt has both sides and the rate'
);
SELECT is(
    (SELECT substr(a.transaction_id::text, 15, 1) FROM answer AS a), '7',
    'the transaction id is a uuid of version 7'
);
SELECT results_eq(
    format(
        'SELECT leg, kind, asset, amount, balance_after, idempotency_key, actor '
        'FROM wallet.transaction WHERE transaction_id = %L ORDER BY leg', :'transaction_id'
    ),
    $$
        VALUES
        (1, 'CONVERT', 'SILVER', -150::numeric, 850::numeric, 'key', 'till-3'),
        (2, 'CONVERT', 'GOLD', 3, 103, NULL, 'till-3')
    $$,
    'the transaction has two legs'
);
SELECT results_eq(
    format(
        'SELECT entry_type, account, asset, amount, balance_after FROM wallet.ledger_entry '
        'WHERE transaction_id = %L ORDER BY leg, entry', :'transaction_id'
    ),
    $$
        VALUES
        ('DEBIT', 'USER', 'SILVER', 150::numeric, 850::numeric),
        ('CREDIT', 'TREASURY', 'SILVER', 150, NULL),
        ('DEBIT', 'TREASURY', 'GOLD', 3, NULL),
        ('CREDIT', 'USER', 'GOLD', 3, 103)
    $$,
    'the treasury takes one asset and gives the other'
);
SELECT results_eq(
    format('SELECT asset, available FROM wallet.list_balances(%L)', :'alice'),
    $$
        VALUES
        ('COPPER', 10::numeric), ('GOLD', 103), ('POINTS', 20.50), ('SILVER', 850)
    $$,
    'both balances move, and no other'
);
SELECT results_eq(
    'SELECT asset, outstanding, remaining FROM wallet.treasury()',
    $$
        VALUES
        ('COPPER', 10::numeric, NULL::numeric), ('GOLD', 103, 897), ('POINTS', 20.50, NULL),
        ('SILVER', 1050, NULL)
    $$,
    'so does what is outstanding'
);

-- The asset that was made first is locked first: the other way round works alike.
SELECT rate_id AS gold_to_silver FROM wallet.set_conversion_rate('GOLD', 'SILVER', 1, 40) \gset
SELECT is(
    (
        SELECT to_jsonb(r.*) - '{transaction_id, created_at}'::text[]
        FROM wallet.convert(:'alice', 'GOLD', 'SILVER', 2, 'back', :gold_to_silver) AS r
    ),
    jsonb_build_object(
        'kind', 'CONVERT', 'user_id', :'alice',
        'from_asset', 'GOLD', 'from_amount', 2, 'from_balance', 101,
        'to_asset', 'SILVER', 'to_amount', 80, 'to_balance', 930,
        'rate_id', :gold_to_silver, 'metadata', NULL, 'is_replay', false
    ),
    'each way has its own rate'
);

-- Assets that are younger than the user, on either side.
SELECT count(*) AS assets FROM (
    VALUES ('RUBY'), ('OPAL')
) AS v (code)
CROSS JOIN LATERAL wallet.create_asset(v.code, initcap(v.code)) \gset
SELECT count(*) AS rates FROM (
    VALUES ('GOLD', 'RUBY'), ('OPAL', 'GOLD'), ('RUBY', 'OPAL')
) AS v (from_asset, to_asset)
CROSS JOIN LATERAL wallet.set_conversion_rate(v.from_asset, v.to_asset, 1, 1) \gset
SELECT throws_ok(
    format('SELECT wallet.convert(%L, %L, %L, 1, %L)', :'alice', 'RUBY', 'OPAL', 'ruby'), 'WA401',
    'the balance is too low', 'a younger asset is not there'
);
SELECT is(
    (wallet.convert(:'alice', 'GOLD', 'RUBY', 1, 'ruby')).to_balance, 1::numeric,
    'but it can be had'
);
SELECT is(
    (wallet.convert(:'alice', 'RUBY', 'OPAL', 1, 'opal')).to_balance, 1::numeric,
    'and exchanged'
);
SELECT is(
    (wallet.convert(:'alice', 'GOLD', 'RUBY', 100, repeat('k', 255))).from_balance, 0::numeric,
    'all that is there can be exchanged'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
