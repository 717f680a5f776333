BEGIN;
SELECT plan(43);
\ir ../../support/_economy.sql

SELECT item_id FROM wallet.create_item('sword', 'Sword', 'SILVER', 10, 10, 10) \gset
SELECT balance FROM wallet.bonus(:'alice', 'SILVER', 100, 'silver') \gset
SELECT item_id AS palace FROM wallet.create_item('palace', 'Palace', 'GOLD', 1e15) \gset
SELECT item_id AS retired FROM wallet.create_item('retired', 'Old sword', 'GOLD', 1) \gset
SELECT is_active FROM wallet.update_item(:retired, p_is_active => false) \gset
SELECT asset FROM wallet.create_asset('RUBY', 'Ruby') \gset
SELECT item_id AS ring FROM wallet.create_item('ring', 'Ring', 'RUBY', 1) \gset
SELECT is_archived FROM wallet.update_asset('RUBY', p_is_archived => true) \gset

SELECT jsonb_build_object(
    'user_id', :'alice', 'item_id', :item_id, 'quantity', 10, 'expected_price', 10,
    'idempotency_key', 'key', 'metadata', jsonb_build_object('a', repeat('m', 8183)),
    'actor', repeat('a', 255)
) AS request \gset

SELECT throws_ok(
    pg_temp.call('buy_item', :'request'::jsonb || jsonb_build_object(m.field, m.value)),
    m.code, pg_temp.message_of(m.code), m.description
) FROM malformed AS m
WHERE
    m.field NOT IN ('asset', 'amount', 'reference')
    AND m.code IN ('WA101', 'WA104', 'WA106', 'WA111', 'WA201', 'WA501');

SELECT throws_ok(
    pg_temp.call('buy_item', :'request'::jsonb || '{"expected_price": null}' || v.change),
    v.code, pg_temp.message_of(v.code), v.change::text
) FROM (
    VALUES
    ('{"item_id": null}'::jsonb, 'WA101'),
    ('{"item_id": 0}', 'WA204'),
    (jsonb_build_object('item_id', :retired), 'WA503'),
    (jsonb_build_object('item_id', :ring), 'WA503'),
    (jsonb_build_object('item_id', :palace, 'quantity', 1), 'WA401'),
    (jsonb_build_object('item_id', :palace, 'quantity', 2), 'WA105'),
    ('{"quantity": null}', 'WA101'),
    ('{"quantity": 0}', 'WA109'),
    ('{"quantity": -1}', 'WA109'),
    ('{"quantity": 1000001}', 'WA109'),
    ('{"expected_price": 11}', 'WA305'),
    ('{"expected_price": 0}', 'WA305'),
    ('{"expected_price": -10}', 'WA305'),
    ('{"expected_price": "NaN"}', 'WA305'),
    ('{"expected_price": "Infinity"}', 'WA305')
) AS v (change, code);

-- No price has too many decimals; only who writes to the table can make one.
UPDATE wallet_private.item SET price = 0.5
WHERE item_id = :ring;
SELECT is_archived FROM wallet.update_asset('RUBY', p_is_archived => false) \gset
SELECT throws_ok(
    format('SELECT wallet.buy_item(%L, %s, 1, NULL, %L)', :'alice', :ring, 'key'), 'WA103',
    pg_temp.message_of('WA103'), 'a price with too many decimals'
);

SELECT is_empty(
    'SELECT * FROM wallet.transaction WHERE kind = ''PURCHASE''',
    'a refused request leaves nothing behind'
);
SELECT results_eq(
    format('SELECT is_replay FROM (%s) AS r', pg_temp.call('buy_item', :'request')),
    'VALUES (false)', 'its key is free, stock and limit are unused, and the longest texts are good'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
