BEGIN;
SELECT plan(7);
\ir ../../support/_limits.sql

SELECT limit_id FROM wallet.create_limit(
    'month', 'COIN', 'amount', 100, 'debit', p_period => 'month', p_time_zone => 'Asia/Kolkata'
) \gset
SELECT limit_id FROM wallet.create_limit('held', 'COIN', 'balance', 5000) \gset
SELECT limit_id FROM wallet.create_limit('off', 'COIN', 'balance', 5000) \gset
SELECT is_active FROM wallet.update_limit(:limit_id, p_is_active => false) \gset
SELECT results_eq(
    format(
        'SELECT code, measure, maximum, used, remaining, more_at '
        'FROM wallet.list_limit_use(%L, ''COIN'')', :'alice'
    ),
    $$ VALUES ('month', 'amount', 100::numeric, 0::numeric, 100::numeric, NULL::timestamptz),
    ('held', 'balance', 5000, 1000, 4000, NULL) $$,
    'the active ones, before anything is used'
);
SELECT balance FROM wallet.spend(:'alice', 'COIN', 30, 'spend') \gset
SELECT results_eq(
    format(
        'SELECT used, remaining, more_at FROM wallet.list_limit_use(%L, ''COIN'') LIMIT 1',
        :'alice'
    ),
    $$ SELECT 30::numeric, 70::numeric, (
        date_trunc('month', now() AT TIME ZONE 'Asia/Kolkata') + interval '1 month'
    ) AT TIME ZONE 'Asia/Kolkata' $$,
    'what is used of it, and when it is more'
);
SELECT is_empty(
    format('SELECT * FROM wallet.list_limit_use(%L, ''GOLD'')', :'alice'), 'an asset without'
);
SELECT
    throws_ok(
        format('SELECT * FROM wallet.list_limit_use(%s, ''COIN'')', v.user_id), v.code,
        pg_temp.message(v.code), v.description
    )
FROM (
    VALUES ('NULL', 'WA101', 'no user'), (quote_literal(:'nobody'), 'WA201', 'an unknown user')
) AS v (user_id, code, description);
SELECT throws_ok(
    format('SELECT * FROM wallet.list_limit_use(%L, ''NONE'')', :'alice'), 'WA202',
    pg_temp.message('WA202'), 'an unknown asset'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
