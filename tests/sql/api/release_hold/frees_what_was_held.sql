BEGIN;
SELECT plan(7);
\ir ../../support/_books.sql

SELECT
    hold_id,
    created_at,
    expires_at
FROM wallet.place_hold(:'alice', 'GOLD', 40, '1 hour', 'hold', 'order-7', '{"shop": "n"}') \gset
SELECT amount FROM wallet.capture_hold(:'alice', :'hold_id', 15, 'capture') \gset
SELECT is(
    (SELECT to_jsonb(h.*) FROM wallet.release_hold(:'alice', :'hold_id', 'key', '{"why": 1}') AS h),
    jsonb_build_object(
        'hold_id', :'hold_id', 'user_id', :'alice', 'asset', 'GOLD', 'amount', 40,
        'captured', 15, 'remaining', 0, 'status', 'released', 'reference', 'order-7',
        'metadata', '{"shop": "n"}'::jsonb, 'expires_at', :'expires_at'::timestamptz,
        'created_at', :'created_at'::timestamptz, 'is_replay', false
    ),
    'the answer is the hold as it is now'
);
SELECT results_eq(
    format('SELECT balance, held, available FROM wallet.get_balance(%L, %L)', :'alice', 'GOLD'),
    'VALUES (85::numeric, 0::numeric, 85::numeric)', 'what was captured stays so, the rest is free'
);
SELECT results_eq(
    'SELECT outstanding, remaining FROM wallet.treasury(''GOLD'')',
    'VALUES (85::numeric, 915::numeric)', 'the treasury has what was captured alone'
);
SELECT is(
    (SELECT array_agg(t.kind) FROM wallet.list_transactions(:'alice', 'GOLD') AS t),
    '{CAPTURE,BONUS}', 'a release is no movement'
);

-- A frozen account pays nothing, but gets back what is its own; so does an archived asset.
SELECT hold_id FROM wallet.place_hold(:'alice', 'GOLD', 40, '1 hour', 'hold-2') \gset
SELECT is_archived FROM wallet.update_asset('GOLD', p_is_archived => true) \gset
SELECT status FROM wallet.set_user_status(:'alice', 'frozen') \gset
SELECT is(
    (wallet.release_hold(:'alice', :'hold_id', 'key-2')).status, 'released',
    'a frozen account''s hold can be released'
);
SELECT is(
    (SELECT b.held FROM wallet.get_balance(:'alice', 'GOLD') AS b), 0::numeric, 'and is free'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
