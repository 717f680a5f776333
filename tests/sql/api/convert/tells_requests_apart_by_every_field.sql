BEGIN;
SELECT plan(5);
\ir ../../support/_economy.sql

SELECT jsonb_build_object(
    'user_id', :'alice', 'from_asset', 'SILVER', 'to_asset', 'GOLD', 'amount', 50,
    'idempotency_key', 'key', 'rate_id', :silver_to_gold
) AS request \gset
SELECT balance FROM wallet.bonus(:'alice', 'SILVER', 100, 'silver') \gset
SELECT transaction_id
FROM wallet.convert(:'alice', 'SILVER', 'GOLD', 50, 'key', :silver_to_gold) \gset
SELECT transaction_id AS any_rate
FROM wallet.convert(:'alice', 'SILVER', 'GOLD', 50, 'any rate') \gset

SELECT is(
    (pg_temp.refusal_of(pg_temp.call('convert', :'request'::jsonb || v.change))).detail,
    v.detail, format('%s: %s', v.change, v.detail)
) FROM (
    VALUES
    ('{"from_asset": null}'::jsonb, 'from_asset is missing.'),
    ('{"to_asset": null}', 'to_asset is missing.'),
    (
        '{"from_asset": "POINTS"}',
        format('Its from_asset differs from that of transaction %s.', :'transaction_id')
    ),
    (
        '{"rate_id": null}',
        format('Its rate_id differs from that of transaction %s.', :'transaction_id')
    ),
    (
        '{"idempotency_key": "any rate"}',
        format('Its rate_id differs from that of transaction %s.', :'any_rate')
    )
) AS v (change, detail);

SELECT * FROM finish();
ROLLBACK;
