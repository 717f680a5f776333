BEGIN;
SELECT plan(31);
\ir ../../support/_books.sql

SELECT task_id FROM wallet.create_task('t', 'T', 'GOLD', 1) \gset
SELECT item_id FROM wallet.create_item('i', 'I', 'GOLD', 1) \gset
SELECT limit_id FROM wallet.create_limit('l', 'POINTS', 'balance', 1000) \gset
SELECT budget FROM wallet.create_campaign('SPRING', 'POINTS', 100) \gset

-- Every change that takes a reason, in an order in which each can be done.
CREATE TEMPORARY TABLE change AS
SELECT
    v.name,
    v.arguments::jsonb AS arguments
FROM (
    VALUES
    ('create_asset', '{"code": "RUBY", "name": "Ruby"}'),
    ('update_asset', '{"asset": "GOLD", "name": "Pure gold"}'),
    ('change_supply', '{"asset": "GOLD", "supply": 1000000}'),
    (
        'set_conversion_rate',
        '{"from_asset": "GOLD", "to_asset": "POINTS", "from_amount": 1, "to_amount": 1}'
    ),
    ('create_task', '{"code": "u", "name": "U", "asset": "GOLD", "reward": 1}'),
    ('update_task', format('{"task_id": %s, "reward": 2}', :'task_id')),
    ('create_item', '{"code": "j", "name": "J", "asset": "GOLD", "price": 1}'),
    ('update_item', format('{"item_id": %s, "price": 2}', :'item_id')),
    (
        'create_limit',
        '{"code": "m", "asset": "POINTS", "measure": "balance", "maximum": 2000}'
    ),
    ('update_limit', format('{"limit_id": %s, "maximum": 500}', :'limit_id')),
    ('create_campaign', '{"code": "SUMMER", "asset": "POINTS"}'),
    ('change_budget', '{"campaign": "SPRING", "budget": 200}'),
    ('checkpoint', '{}'),
    ('revoke_tokens', format('{"user_id": "%s"}', :'alice'))
) AS v (name, arguments);
SELECT throws_ok(
    pg_temp.call(c.name, c.arguments || jsonb_build_object('reason', E'a\nb')),
    'WA106', pg_temp.message('WA106'), format('%s has no reason of two lines', c.name)
) FROM change AS c;
SELECT lives_ok(
    pg_temp.call(c.name, c.arguments || jsonb_build_object('reason', 'why ' || c.name)),
    format('%s takes a reason', c.name)
) FROM change AS c;
SELECT results_eq(
    'SELECT a.name, a.details ->> ''reason'' FROM wallet.list_actions(p_limit => 14) AS a '
    'ORDER BY a.name',
    'SELECT c.name, ''why '' || c.name FROM change AS c ORDER BY c.name',
    'each says why in the record'
);

-- A grant says so in the ledger. Who was paid is not paid again for another reason.
CREATE TEMPORARY TABLE result AS
SELECT g.*
FROM unnest('{a,b}'::text[]) AS r (reason)
CROSS JOIN LATERAL wallet.grant_batch(
    'SPRING', ARRAY[(:'alice', NULL, NULL, 5, NULL)::wallet.grant_request], NULL, r.reason
) AS g;
SELECT results_eq(
    'SELECT r.users, r.replays FROM result AS r ORDER BY r.replays',
    'VALUES (1, 0), (0, 1)', 'a campaign pays once, whatever the reason'
);
SELECT is(
    (
        SELECT t.metadata FROM wallet.list_transactions(:'alice', p_kind => 'BONUS') AS t
        WHERE t.amount = 5
    ), '{"reason": "a"}', 'a grant has its reason in its metadata'
);

SELECT * FROM finish();
ROLLBACK;
