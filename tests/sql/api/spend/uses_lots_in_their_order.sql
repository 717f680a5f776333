BEGIN;
SELECT plan(10);
\ir ../../support/_lots.sql

SELECT is(
    pg_temp.left_of(:'alice'), '2: 50 free, 3: 30 free, 4: 20 free, 1: 100 paid',
    'what expires soonest comes first, what never does last'
);
SELECT transaction_id FROM wallet.spend(:'alice', 'STAR', 60, 'spend') \gset
SELECT is(
    pg_temp.left_of(:'alice'), '3: 20 free, 4: 20 free, 1: 100 paid', 'a debit uses them so'
);
SELECT is(
    (wallet.get_transaction(:'alice', :'transaction_id')).details,
    '{"result": {"lots": [{"lot": 2, "amount": 50}, {"lot": 3, "amount": 10}],
    "lot_order": "expiring_first"}}',
    'and says which ones, and how much of each'
);
SELECT is(
    pg_temp.refusal_of(pg_temp.call('spend', jsonb_build_object(
        'user_id', :'alice', 'asset', 'STAR', 'amount', 141, 'idempotency_key', 'more'
    ))),
    (
        'WA401', 'the balance is too low', '141 STAR is needed, 140 is available: 1 is missing.',
        'Try it with at most 140.'
    )::pg_temp.refusal,
    'never more than there is'
);
SELECT lot_order FROM wallet.update_asset('STAR', p_lot_order => 'paid_first') \gset
SELECT is(
    pg_temp.left_of(:'alice'), '1: 100 paid, 3: 20 free, 4: 20 free',
    'the order of use can be another: paid first'
);
SELECT balance FROM wallet.spend(:'alice', 'STAR', 110, 'paid first') \gset
SELECT is(pg_temp.left_of(:'alice'), '3: 10 free, 4: 20 free', 'then it is used so');
SELECT lot_order FROM wallet.update_asset('STAR', p_lot_order => 'free_first') \gset
SELECT balance FROM wallet.topup(:'alice', 'STAR', 5, 'topup') \gset
SELECT balance FROM wallet.bonus(:'alice', 'STAR', 1, 'bonus') \gset
SELECT is(
    pg_temp.left_of(:'alice'), '3: 10 free, 4: 20 free, 8: 1 free, 7: 5 paid',
    'or free first, and of these what expires soonest'
);

CALL pg_temp.let_pass('21 days');
SELECT is(
    (pg_temp.refusal_of(pg_temp.call('spend', jsonb_build_object(
        'user_id', :'alice', 'asset', 'STAR', 'amount', 27, 'idempotency_key', 'more'
    )))).detail,
    '27 STAR is needed, 26 is available: 1 is missing.', 'what has expired can''t be spent'
);
SELECT balance FROM wallet.spend(:'alice', 'STAR', 1, 'final') \gset
SELECT results_eq(
    'SELECT t.kind, t.amount, t.balance_after, t.idempotency_key, t.details '
    'FROM wallet.transaction AS t WHERE t.asset = ''STAR'' ORDER BY t.seq DESC LIMIT 2',
    $$
        VALUES
        ('SPEND', -1::numeric, 25::numeric, 'final', '{"result": {"lots": [{"lot": 4, "amount": 1}],
        "lot_order": "free_first"}}'::jsonb),
        ('EXPIRE', -10, 26, NULL, '{"result": {"lots": [{"lot": 3, "amount": 10}]}}')
    $$,
    'who moves the wallet books it before'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
