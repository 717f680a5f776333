BEGIN;
SELECT plan(13);
\ir ../../support/_limits.sql

SELECT is(
    to_jsonb(wallet.create_limit(
        'earned', 'COIN', 'amount', 100, 'credit', '{BONUS,TASK}', p_period => 'week',
        p_time_zone => 'Asia/Kolkata', p_actor => 'olga'
    )) - '{limit_id,created_at}'::text[],
    '{
        "code": "earned", "asset": "COIN", "measure": "amount", "maximum": 100,
        "direction": "credit", "kinds": ["BONUS", "TASK"], "origin": null, "period": "week",
        "time_zone": "Asia/Kolkata", "rolling": null, "is_clipping": false, "is_active": true
    }'::jsonb,
    'a limit of a calendar'
);
SELECT is(
    to_jsonb(wallet.create_limit(
        'often', 'COIN', 'count', 3, 'debit', p_rolling => interval '1 day 1 second'
    )) - '{limit_id,code,asset,kinds,origin,is_clipping,is_active,created_at}'::text[],
    '{
        "measure": "count", "maximum": 3, "direction": "debit", "period": null,
        "time_zone": null, "rolling": "24:00:01"
    }'::jsonb,
    'a rolling limit, in seconds'
);
SELECT is(
    to_jsonb(wallet.create_limit('held', 'STAR', 'balance', 500, p_is_clipping => true))
    - '{limit_id,code,asset,kinds,origin,is_active,created_at}'::text[],
    '{
        "measure": "balance", "maximum": 500, "direction": "credit", "period": null,
        "time_zone": null, "rolling": null, "is_clipping": true
    }'::jsonb,
    'a limit on the balance'
);
SELECT is(
    (wallet.create_limit('utc', 'GOLD', 'amount', 1, 'debit', p_period => 'day')).time_zone, 'UTC',
    'a calendar is that of UTC if nothing else is said'
);
SELECT is(
    (
        SELECT (a.actor, a.subject)::text FROM wallet.operator_action AS a
        WHERE a.name = 'create_limit' AND a.details ->> 'code' = 'earned'
    ),
    '(olga,earned)', 'it is written down who made it'
);

-- Wallets know of it.
SELECT set_eq(
    $$ SELECT DISTINCT a.code, w.is_plain FROM wallet_private.wallet AS w
    INNER JOIN wallet_private.asset AS a ON a.asset_id = w.asset_id $$,
    $$ VALUES ('GOLD', false), ('SILVER', true), ('POINTS', true), ('COPPER', true),
    ('STAR', false), ('COIN', false) $$,
    'the wallets of assets with limits are not plain, and those of others are'
);
SELECT user_id AS carol FROM wallet.create_user('carol') \gset
SELECT is(
    (
        SELECT array_agg(a.code ORDER BY a.code) FROM wallet_private.wallet AS w
        INNER JOIN wallet_private.asset AS a ON w.asset_id = a.asset_id
        WHERE w.user_id = :'carol' AND NOT w.is_plain
    ),
    '{COIN,GOLD,STAR}', 'nor are those of a new user'
);
SELECT asset AS new FROM wallet.create_asset('NEW', 'New') \gset
SELECT limit_id
FROM wallet.create_limit('new', 'NEW', 'amount', 5, 'credit', p_period => 'month') \gset
SELECT throws_ok(
    format('SELECT wallet.bonus(%L, ''NEW'', 6, ''key'')', :'carol'), 'WA412',
    pg_temp.message('WA412'), 'a wallet that is opened by its first movement is limited'
);
SELECT is((wallet.bonus(:'carol', 'NEW', 5, 'key')).balance, 5::numeric, 'up to the limit');
SELECT is(
    (
        SELECT c.is_plain FROM wallet_private.wallet AS c
        INNER JOIN wallet_private.asset AS a ON c.asset_id = a.asset_id AND a.code = 'NEW'
        WHERE c.user_id = :'carol'
    ), false, 'it is not plain'
);
SELECT campaign FROM wallet.create_campaign('gift', 'NEW', 1000) \gset
SELECT is(
    (SELECT (g.users, (g.refusals[1]).code)::text FROM wallet.grant_batch('gift', ARRAY[
        ROW(:'alice', NULL, NULL, 5, NULL), ROW(:'carol', NULL, NULL, 5, NULL)
    ]::wallet.grant_request[]) AS g),
    '(1,WA412)', 'a campaign''s grants are limited too'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

-- A sign-up is not lost for a bonus that passes a limit.
SELECT sign_up_bonus FROM wallet.update_asset('NEW', p_sign_up_bonus => 6) \gset
SELECT is(
    (wallet.sign_up('Dora', 'dora@example.com', NULL, 'hash')).refused_bonuses, '{NEW}',
    'a sign-up goes without a bonus that passes a limit'
);

SELECT * FROM finish();
ROLLBACK;
