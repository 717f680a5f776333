BEGIN;
SELECT plan(16);
\ir ../../support/_lots.sql

CREATE FUNCTION pg_temp.do_it(p_function text, p_user_id uuid, p_amount numeric) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    EXECUTE pg_temp.call(p_function, jsonb_build_object(
        'user_id', p_user_id, 'asset', 'SILVER', 'amount', p_amount,
        'idempotency_key', p_function || p_amount
    ));
END
$$;
-- Alice topped up 100 SILVER and spent 30. She got 50, spent 90, topped up 10 and got 4. If what
-- was free was spent first, 30 + 10 of these 44 were paid for. A spend that was reversed counts for
-- nothing.
SELECT count(*) AS done FROM (
    VALUES
    (1, 'topup', 100), (2, 'spend', 30), (3, 'bonus', 50), (4, 'spend', 90), (5, 'topup', 10),
    (6, 'bonus', 4)
) AS v (place, function, amount)
CROSS JOIN LATERAL pg_temp.do_it(v.function, :'alice', v.amount) \gset
SELECT transaction_id FROM wallet.spend(:'alice', 'SILVER', 5, 'spend') \gset
SELECT amount FROM wallet.reverse(:'alice', :'transaction_id', 5, 'a mistake', 'reverse') \gset
SELECT hold_id FROM wallet.place_hold(:'alice', 'SILVER', 8, '3 days', 'hold') \gset
SELECT amount FROM wallet.capture_hold(:'alice', :'hold_id', 2, 'capture') \gset
SELECT balance FROM wallet.bonus(:'bob', 'SILVER', 9, 'bonus') \gset
SELECT throws_ok(
    pg_temp.call('update_asset', '{"asset": "SILVER"}'::jsonb || v.change), v.code,
    pg_temp.message(v.code), v.change::text
) FROM (
    VALUES
    ('{"lot_order": "oldest_first"}'::jsonb, 'WA110'),
    ('{"expires_in": "1 day"}', 'WA502'),
    ('{"is_paid_expiring": true}', 'WA502'),
    ('{"lot_order": "free_first", "expires_in": "0.5 seconds"}', 'WA109'),
    ('{"lot_order": "free_first", "expires_in": "4000 days"}', 'WA109')
) AS v (change, code);
SELECT results_eq(
    'SELECT a.lot_order, a.expires_in, a.is_paid_expiring '
    'FROM wallet.update_asset(''SILVER'', p_lot_order => ''free_first'', '
    'p_expires_in => ''5 days'') AS a',
    'VALUES (''free_first'', interval ''5 days'', false)', 'an asset in use gets lots'
);
SELECT is(pg_temp.left_of(:'alice', 'SILVER'), '6: 2 free, 5: 40 paid', 'as far as history tells');
SELECT is(pg_temp.left_of(:'bob', 'SILVER'), '1: 9 free', 'what was given is free');
SELECT results_eq(
    format('SELECT l.held, l.expires_at FROM wallet.list_lots(%L, ''SILVER'') AS l', :'alice'),
    'VALUES (2::numeric, NULL::timestamptz), (4, NULL)',
    'what is held has lots too, and nothing of it expires'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');
SELECT balance FROM wallet.bonus(:'alice', 'SILVER', 1, 'after') \gset
SELECT amount FROM wallet.capture_hold(:'alice', :'hold_id', 4, 'capture-2') \gset
SELECT is(
    pg_temp.left_of(:'alice', 'SILVER'), '11: 1 free, 5: 38 paid', 'the hold uses its lots'
);
SELECT status FROM wallet.release_hold(:'alice', :'hold_id', 'release') \gset
CALL pg_temp.let_pass('6 days');
SELECT is(pg_temp.left_of(:'alice', 'SILVER'), '5: 38 paid', 'credits from then on expire');
SELECT is(
    (wallet.update_asset('SILVER', p_expires_in => '0')).expires_in, NULL, 'which can be taken away'
);
SELECT throws_ok(
    'SELECT wallet.update_asset(''STAR'', p_is_paid_expiring => true); '
    'SELECT wallet.update_asset(''STAR'', p_is_paid_expiring => false)',
    'WA502', pg_temp.message('WA502'), 'that what was paid for may expire can''t'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');
SELECT is(
    (
        SELECT bool_or(w.is_plain) FROM wallet_private.wallet AS w
        INNER JOIN wallet_private.asset AS a ON w.asset_id = a.asset_id
        WHERE a.code = 'SILVER'
    ),
    false, 'no wallet of it is plain'
);

SELECT * FROM finish();
ROLLBACK;
