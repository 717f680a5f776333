BEGIN;
SELECT plan(14);
\ir ../../support/_economy.sql

SELECT item_id FROM wallet.create_item('crown', 'Crown', 'GOLD', 30, 2, 2) \gset
SELECT item_id AS other FROM wallet.create_item('shield', 'Shield', 'GOLD', 30) \gset
SELECT jsonb_build_object(
    'user_id', :'alice', 'item_id', :item_id, 'quantity', 2, 'expected_price', 30,
    'idempotency_key', 'key'
) AS request \gset

CREATE TEMPORARY TABLE answer AS
SELECT r.* FROM wallet.buy_item(:'alice', :item_id, 2, 30, 'key', '{"try": 1}', 'till-3') AS r;
SELECT transaction_id FROM answer \gset
UPDATE answer SET is_replay = true;

SELECT balance FROM wallet.spend(:'alice', 'GOLD', 40, 'later') \gset
SELECT results_eq(
    pg_temp.call('buy_item', :'request'), 'SELECT * FROM answer',
    'the first receipt comes again, though neither money nor stock nor limit would allow it'
);
SELECT results_eq(
    pg_temp.call('buy_item', :'request'::jsonb || '{"metadata": {"try": 2}, "actor": "till-4"}'),
    'SELECT * FROM answer', 'metadata and actor are those of the first time'
);
SELECT results_eq(
    pg_temp.call('buy_item', :'request'::jsonb || '{"expected_price": 30.000}'),
    'SELECT * FROM answer', 'a price is the same with zeros behind it'
);
SELECT price FROM wallet.update_item(:item_id, p_price => 99, p_is_active => false) \gset
SELECT results_eq(
    pg_temp.call('buy_item', :'request'), 'SELECT * FROM answer',
    'an item that has changed meanwhile changes nothing'
);
SELECT is(
    (SELECT b.balance FROM wallet.get_balance(:'alice', 'GOLD') AS b), 0::numeric,
    'nothing moves twice'
);

SELECT is(
    pg_temp.refusal_of(pg_temp.call('buy_item', :'request'::jsonb || v.change)),
    (
        'WA301', 'the idempotency key was used for another request',
        format('Its %s differs from that of transaction %s.', v.field, :'transaction_id'),
        'Take a new key for a new intent, and send a retry unchanged.'
    )::pg_temp.refusal,
    format('the key is refused to %s', v.change)
) FROM (
    VALUES
    (jsonb_build_object('item_id', :other), 'item_id'),
    ('{"quantity": 1}', 'quantity'),
    ('{"expected_price": 31}', 'expected_price'),
    ('{"expected_price": null}', 'expected_price')
) AS v (change, field);
SELECT throws_ok(
    format('SELECT wallet.spend(%L, %L, 60, %L)', :'alice', 'GOLD', 'key'), 'WA301',
    'the idempotency key was used for another request', 'and to a spend'
);
SELECT throws_ok(
    pg_temp.call('buy_item', :'request'::jsonb || '{"idempotency_key": "later"}'), 'WA301',
    'the idempotency key was used for another request', 'nor can a key of a spend be used'
);

SELECT is_archived FROM wallet.update_asset('GOLD', p_is_archived => true) \gset
SELECT status FROM wallet.set_user_status(:'alice', 'frozen') \gset
SELECT results_eq(
    pg_temp.call('buy_item', :'request'), 'SELECT * FROM answer',
    'the receipt also comes to a frozen account, and in an archived asset'
);
SELECT is(
    (SELECT count(*) FROM wallet.list_transactions(:'alice', p_kind => 'PURCHASE')), 1::bigint,
    'and there is one purchase'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
