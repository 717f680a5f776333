BEGIN;
SELECT plan(13);
\ir ../../support/_alerts.sql

SELECT asset FROM wallet.create_asset('RUBY', 'Ruby') \gset
SELECT balance FROM wallet.bonus(:'alice', 'RUBY', 100, 'rubies') \gset
SELECT (pg_temp.alert($$
    'low', 'balance', 'RUBY', p_direction => 'below', p_threshold => 100
$$)).alert AS low \gset
SELECT (pg_temp.alert($$
    'few', 'outstanding', 'RUBY', p_direction => 'below', p_threshold => 100
$$)).alert AS few \gset
SELECT subscription FROM wallet.create_subscription(
    'shop', p_kinds => '{ALERT}', p_start => 'beginning'
) \gset
SELECT url FROM wallet.create_webhook('shop', 'https://shop.example/hook') \gset
SELECT is_empty('SELECT * FROM wallet.take_webhook_events()', 'nothing is raised yet');

SELECT balance FROM wallet.spend(:'alice', 'RUBY', 1, 'a ruby') \gset
SELECT pg_temp.look() AS raised \gset
SELECT isnt(
    (SELECT w.oldest_at FROM wallet.list_webhooks() AS w), NULL, 'now there is something'
);
CREATE FUNCTION pg_temp.take(p_outcome text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
    v_batch wallet.webhook_batch;
BEGIN
    SELECT b.* INTO v_batch FROM wallet.take_webhook_events() AS b;
    IF FOUND THEN
        PERFORM wallet.settle_webhook_events('shop', v_batch.claim, ARRAY(
            SELECT ROW(
                coalesce(e.user_id, '00000000-0000-0000-0000-000000000000'), e.asset, e.seq,
                p_outcome, CASE p_outcome WHEN 'sent' THEN 204 ELSE 500 END, NULL, NULL
            )::wallet.webhook_result
            FROM unnest(v_batch.events) AS e
        ));
    END IF;
    RETURN (
        SELECT string_agg(
            concat_ws(' ', e.kind, e.reference, e.balance), ', ' ORDER BY e.ordinality
        )
        FROM unnest(v_batch.events) WITH ORDINALITY AS e
    );
END
$$;
SELECT is(pg_temp.take('failed'), 'ALERT few 99, ALERT low 99', 'both are given');
SELECT results_eq(
    $$
        SELECT f.kind, f.user_id, f.asset, f.tries, f.status_code
        FROM wallet.list_webhook_failures('shop') AS f
    $$,
    format(
        $$
            VALUES
            ('ALERT', NULL::uuid, 'RUBY', 1, 500), ('ALERT', %L, 'RUBY', 1, 500)
        $$, :'alice'
    ),
    'and listed when they have failed'
);
SELECT is(
    (SELECT count(f.cursor) FROM wallet.list_webhook_failures('shop', 1) AS f),
    1::bigint, 'page by page'
);
SELECT is((SELECT w.waiting FROM wallet.list_webhooks() AS w), 2::bigint, 'both wait');
SELECT isnt((SELECT w.oldest_at FROM wallet.list_webhooks() AS w), NULL, 'since then');

-- What waits holds up the later ones of its user and asset, and of what is nobody's.
SELECT balance FROM wallet.bonus(:'alice', 'RUBY', 1, 'another ruby') \gset
SELECT balance FROM wallet.spend(:'alice', 'RUBY', 2, 'two rubies') \gset
SELECT pg_temp.look() AS raised \gset
SELECT is(pg_temp.take('sent'), NULL, 'later ones wait behind them');
UPDATE wallet_private.webhook_event SET next_try_at = now();
UPDATE wallet_private.webhook SET rest_ends_at = NULL, failures = 0;
SELECT is(
    pg_temp.take('sent'), 'ALERT few 99, ALERT few 98, ALERT low 99, ALERT low 98',
    'when it is their time, they come in order'
);
SELECT is_empty('SELECT * FROM wallet_private.webhook_event', 'and are done with');
SELECT is(
    (
        SELECT w.waiting
        FROM wallet_private.alert_event AS e
        CROSS JOIN LATERAL wallet.resend_webhook_events('shop', e.event_id) AS w
        WHERE e.alert = 'few' AND e.value = 98
    ), 1::bigint, 'one can be sent again by its id'
);
SELECT is(pg_temp.take('sent'), 'ALERT few 98', 'and is');
SELECT is(pg_temp.take('sent'), NULL, 'once');

SELECT * FROM finish();
ROLLBACK;
