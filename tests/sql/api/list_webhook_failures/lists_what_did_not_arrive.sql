BEGIN;
SELECT plan(11);
\ir ../../support/_webhooks.sql

SELECT subscription FROM wallet.create_subscription('read') \gset
SELECT is_empty($$ SELECT * FROM wallet.list_webhook_failures('shop') $$, 'nothing has failed');
SELECT
    pg_temp.take() AS taken,
    pg_temp.report('failed', 500, NULL, 'waiting')
\gset
UPDATE wallet_private.webhook_event AS e SET next_try_at = NULL
WHERE e.user_id = :'bob' AND e.seq = 1;
SELECT results_eq(
    format(
        $$
            SELECT f.seq, f.status, f.tries, f.status_code, f.error, f.tried_at IS NULL, f.kind
            FROM wallet.list_webhook_failures('shop') AS f
            WHERE f.user_id = %L AND f.seq < 3
        $$, :'alice'
    ),
    $$
        VALUES
        (1::bigint, 'waiting', 1, 500, 'it says no', false, 'TOPUP'),
        (2, 'waiting', 0, NULL, NULL, true, 'TOPUP')
    $$,
    'one was tried, another one waits behind it'
);
SELECT is(
    (
        SELECT f.status FROM wallet.list_webhook_failures('shop') AS f
        WHERE f.user_id = :'bob' AND f.seq = 1
    ), 'parked', 'one is parked'
);
SELECT f.cursor AS first_cursor FROM wallet.list_webhook_failures('shop', 9) AS f
WHERE f.cursor IS NOT NULL \gset
SELECT is(
    (SELECT count(*) FROM wallet.list_webhook_failures('shop', 10, :'first_cursor')), 6::bigint,
    'the next page has the rest'
);
SELECT is(
    (SELECT count(f.cursor) FROM wallet.list_webhook_failures('shop', 15) AS f), 0::bigint,
    'no page comes after the last'
);
SELECT throws_ok(
    pg_temp.call('list_webhook_failures', '{"subscription": "shop"}'::jsonb || v.change),
    v.code, pg_temp.message(v.code), v.change::text
) FROM (
    VALUES
    ('{"subscription": null}'::jsonb, 'WA101'),
    ('{"cursor": "nonsense"}', 'WA108'),
    ('{"limit": 0}', 'WA109'),
    ('{"limit": 201}', 'WA109'),
    ('{"subscription": "SHOP"}', 'WA220'),
    ('{"subscription": "read"}', 'WA225')
) AS v (change, code);

SELECT * FROM finish();
ROLLBACK;
