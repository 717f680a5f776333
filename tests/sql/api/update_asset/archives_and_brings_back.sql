BEGIN;
SELECT plan(14);
\ir ../../support/_books.sql

SELECT item_id FROM wallet.create_item('sword', 'Sword', 'GOLD', 10) \gset
SELECT task_id FROM wallet.create_task('visit', 'Visit', 'GOLD', 10) \gset
SELECT transaction_id AS bought FROM wallet.spend(:'alice', 'GOLD', 5, 'before') \gset
SELECT balance FROM wallet.bonus(:'alice', 'SILVER', 100, 'silver') \gset
SELECT jsonb_build_object('user_id', :'alice', 'idempotency_key', 'key') AS who \gset

SELECT is_archived FROM wallet.update_asset('GOLD', p_is_archived => true) \gset
SELECT throws_ok(
    pg_temp.call(v.function, :'who'::jsonb || v.request), 'WA503',
    'the asset, task or item is closed', format('no %s in an archived asset', v.function)
) FROM (
    VALUES
    ('topup', '{"asset": "GOLD", "amount": 1}'::jsonb),
    ('bonus', '{"asset": "GOLD", "amount": 1}'),
    ('spend', '{"asset": "GOLD", "amount": 1}'),
    ('adjust', '{"asset": "GOLD", "amount": 1, "reference": "why"}'),
    ('place_hold', '{"asset": "GOLD", "amount": 1, "expires_in": "1 hour"}'),
    ('convert', '{"from_asset": "SILVER", "to_asset": "GOLD", "amount": 50}'),
    (
        'buy_item',
        jsonb_build_object('item_id', :item_id, 'quantity', 1, 'expected_price', NULL)
    ),
    ('complete_task', jsonb_build_object('task_id', :task_id))
) AS v (function, request);
SELECT is(
    (SELECT b.balance FROM wallet.get_balance(:'alice', 'GOLD') AS b), 95::numeric,
    'what users have stays theirs'
);
SELECT is(
    (wallet.reverse(:'alice', :'bought', 5, 'a fault', 'reversal')).balance, 100::numeric,
    'what was wrong can still be put right'
);
SELECT is_empty(
    format('SELECT * FROM wallet.list_balances(%L) WHERE asset = ''GOLD''', :'bob'),
    'who has none of it does not see it any more'
);

UPDATE wallet_private.asset SET archived_at = '2000-01-01'
WHERE code = 'GOLD';
SELECT name FROM wallet.update_asset('GOLD', 'Old gold', p_is_archived => true) \gset
SELECT is(
    (SELECT min(a.archived_at) FROM wallet_private.asset AS a), '2000-01-01',
    'it is archived since it first was'
);
SELECT is_archived FROM wallet.update_asset('GOLD', p_is_archived => false) \gset
SELECT is(
    (wallet.spend(:'alice', 'GOLD', 1, 'key')).balance, 99::numeric, 'brought back, it moves again'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
