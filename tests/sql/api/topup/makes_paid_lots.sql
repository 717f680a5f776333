BEGIN;
SELECT plan(7);
\ir ../../support/_lots.sql

SELECT jsonb_build_object(
    'user_id', :'bob', 'asset', 'STAR', 'amount', 1, 'idempotency_key', 'key',
    'expires_at', now() + interval '1 day'
) AS request \gset
SELECT throws_ok(
    pg_temp.call('topup', :'request'), 'WA502', pg_temp.message('WA502'),
    'what is paid for does not expire'
);
SELECT throws_ok(
    pg_temp.call('topup', :'request'::jsonb || '{"asset": "COIN"}'), 'WA502',
    pg_temp.message('WA502'), 'nor does anything of an asset without lots'
);
SELECT balance FROM wallet.topup(:'bob', 'STAR', 3, 'before') \gset
SELECT is_paid_expiring FROM wallet.update_asset('STAR', p_is_paid_expiring => true) \gset
SELECT throws_ok(
    pg_temp.call('topup', :'request'::jsonb || '{"expires_at": "2020-01-01"}'), 'WA109',
    pg_temp.message('WA109'), 'an expiry in the past'
);
SELECT results_eq(
    format('SELECT r.balance FROM (%s) AS r', pg_temp.call('topup', :'request')),
    'VALUES (4::numeric)', 'unless the asset says so'
);
SELECT balance FROM wallet.topup(:'bob', 'STAR', 5, 'default') \gset
SELECT results_eq(
    format(
        'SELECT l.origin, l.remaining, round(EXTRACT(EPOCH FROM l.expires_at - now()) / 86400) '
        'FROM wallet.list_lots(%L, ''STAR'') AS l', :'bob'
    ),
    'VALUES (''paid'', 1::numeric, 1::numeric), (''paid'', 5, 30), (''paid'', 3, NULL)',
    'then it expires as the call says, or as the asset does'
);
CALL pg_temp.let_pass('2 days');
SELECT is(pg_temp.left_of(:'bob'), '3: 5 paid, 1: 3 paid', 'and does');
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
