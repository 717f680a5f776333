BEGIN;
SELECT plan(9);
\ir ../../support/_lots.sql

SELECT results_eq(
    format(
        'SELECT l.origin, l.amount, l.remaining, l.held, l.expires_at - l.created_at > ''9 days'', '
        'l.transaction_id FROM wallet.list_lots(%L, ''STAR'') AS l WHERE l.lot_id IN (1, 2)',
        :'alice'
    ),
    format(
        'VALUES (''free'', 50::numeric, 50::numeric, 0::numeric, true, %L::uuid), '
        '(''paid'', 100, 100, 0, NULL, %L)', :'soonest', :'paid'
    ),
    'a bonus makes a free lot, a top-up a paid one, which does not expire'
);
SELECT is(
    (
        SELECT l.expires_at - l.created_at FROM wallet.list_lots(:'alice', 'STAR') AS l
        WHERE l.lot_id = 4
    ),
    interval '30 days', 'a free one expires as the asset says if the call says nothing'
);
SELECT is(
    (wallet.bonus(
        :'alice', 'STAR', 50, 'soonest', p_expires_at => now() + interval '10 days'
    )).is_replay,
    true, 'the same expiry is a replay'
);
SELECT is(
    (pg_temp.refusal_of(pg_temp.call('bonus', jsonb_build_object(
        'user_id', :'alice', 'asset', 'STAR', 'amount', 50, 'idempotency_key', 'soonest'
    ) || v.change))).code,
    'WA301', 'another one is another request, so is none'
) FROM (VALUES ('{}'::jsonb), ('{"expires_at": "2999-01-01"}')) AS v (change);
SELECT throws_ok(
    pg_temp.call('bonus', jsonb_build_object(
        'user_id', :'alice', 'asset', 'STAR', 'amount', 1, 'idempotency_key', 'refused',
        'expires_at', now() + interval '1 day'
    ) || v.change),
    v.code, pg_temp.message(v.code), v.description
) FROM (
    VALUES
    ('{"asset": "COIN"}'::jsonb, 'WA502', 'an asset without lots'),
    ('{"expires_at": "2020-01-01"}', 'WA109', 'an expiry in the past'),
    ('{"expires_at": "infinity"}', 'WA109', 'an expiry that never comes')
) AS v (change, code, description);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
