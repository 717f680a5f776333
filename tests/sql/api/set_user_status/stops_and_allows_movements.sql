BEGIN;
SELECT plan(34);
\ir ../../support/_economy.sql

SELECT task_id FROM wallet.create_task('quest', 'Quest', 'GOLD', 10) \gset
SELECT item_id FROM wallet.create_item('sword', 'Sword', 'GOLD', 10) \gset
SELECT balance FROM wallet.bonus(:'alice', 'SILVER', 500, 'silver') \gset
SELECT hold_id FROM wallet.place_hold(:'alice', 'POINTS', 1, interval '1 hour', 'hold') \gset
SELECT transaction_id FROM wallet.spend(:'alice', 'GOLD', 10, 'spend') \gset
CREATE TEMPORARY TABLE movement AS
SELECT
    v.function,
    v.request || jsonb_build_object('user_id', :'alice') AS request
FROM (
    VALUES
    ('topup', '{"asset": "GOLD", "amount": 1}'::jsonb),
    ('bonus', '{"asset": "GOLD", "amount": 1}'),
    ('spend', '{"asset": "GOLD", "amount": 1}'),
    ('convert', '{"from_asset": "SILVER", "to_asset": "GOLD", "amount": 50}'),
    ('complete_task', jsonb_build_object('task_id', :task_id)),
    (
        'buy_item',
        jsonb_build_object('item_id', :item_id, 'quantity', 1, 'expected_price', NULL)
    ),
    ('place_hold', '{"asset": "GOLD", "amount": 1, "expires_in": "1 hour"}'),
    ('capture_hold', jsonb_build_object('hold_id', :'hold_id', 'amount', 0.1))
) AS v (function, request);

-- Not active.
SELECT is(
    (SELECT to_jsonb(u.*) FROM wallet.set_user_status(:'alice', v.status, 'fraud?', 'ops') AS u),
    jsonb_build_object(
        'user_id', :'alice', 'external_id', 'alice', 'name', 'Alice',
        'email', 'alice@example.com', 'phone', NULL, 'role', 'user', 'status', v.status,
        'created_at', now()
    ),
    format('%s: the answer says who it is', v.status)
) FROM (
    VALUES ('closed'), ('frozen')
) AS v (status);
SELECT is(
    pg_temp.refusal_of(pg_temp.call(m.function, m.request || '{"idempotency_key": "key"}')),
    (
        'WA501', 'the account is not active', format('User %s is frozen.', :'alice'),
        'An operator can change that with wallet.set_user_status.'
    )::pg_temp.refusal,
    format('frozen: %s is refused', m.function)
) FROM movement AS m;
SELECT throws_ok(
    pg_temp.call(
        m.function, m.request || jsonb_build_object('user_id', :'closed', 'idempotency_key', 'key')
    ),
    'WA501', 'the account is not active', format('closed: %s is refused', m.function)
) FROM movement AS m
WHERE m.function <> 'capture_hold';
SELECT is(
    (wallet.adjust(:'alice', 'GOLD', 1, 'adjust', 'ticket')).balance, 91::numeric,
    'frozen: a correction is still possible'
);
SELECT is(
    (wallet.reverse(:'alice', :'transaction_id', NULL, 'ticket', 'reverse')).balance,
    101::numeric, 'frozen: and a reversal'
);
SELECT is(
    (wallet.release_hold(:'alice', :'hold_id', 'release')).status, 'released',
    'frozen: and a release'
);
SELECT is(
    (SELECT b.balance FROM wallet.get_balance(:'alice', 'GOLD') AS b), 101::numeric,
    'frozen: the balance can be read'
);
SELECT is(
    (wallet.bonus(:'bob', 'GOLD', 1, 'key')).balance, 1::numeric, 'others go on'
);

-- Active again.
SELECT is(
    (wallet.set_user_status(:'alice', 'active')).status, 'active', 'an account can be reopened'
);
SELECT lives_ok(
    pg_temp.call(m.function, m.request || jsonb_build_object('idempotency_key', 'a' || m.function)),
    format('active: %s goes on', m.function)
) FROM movement AS m
WHERE m.function <> 'capture_hold';
SELECT is(
    (wallet.set_user_status(:'alice', 'active')).status, 'active',
    'a status may be set that is there already'
);

-- A wallet that is opened later.
SELECT status FROM wallet.set_user_status(:'bob', 'frozen') \gset
SELECT asset FROM wallet.create_asset('RUBY', 'Ruby') \gset
SELECT balance FROM wallet.adjust(:'bob', 'RUBY', 5, 'adjust', 'ticket') \gset
SELECT throws_ok(
    format('SELECT wallet.spend(%L, %L, 5, %L)', :'bob', 'RUBY', 'key-2'), 'WA501',
    'the account is not active', 'frozen: also in an asset that came later'
);
SELECT status FROM wallet.set_user_status(:'bob', 'active') \gset
SELECT is(
    (wallet.spend(:'bob', 'RUBY', 5, 'key-2')).balance, 0::numeric,
    'and active again there too'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
