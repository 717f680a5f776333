BEGIN;
SELECT plan(11);
\ir ../../support/_books.sql

SELECT balance FROM wallet.bonus(:'bob', 'GOLD', 50, 'gold') \gset
SELECT count(*) AS holds FROM (
    VALUES
    (:'alice'::uuid, 'GOLD', 10, interval '1 second', 'hold-1'),
    (:'alice', 'GOLD', 20, '2 seconds', 'hold-2'),
    (:'alice', 'GOLD', 40, '1 day', 'hold-3'),
    (:'alice', 'POINTS', 0.25, '3 seconds', 'hold-4'),
    (:'bob', 'GOLD', 50, '4 seconds', 'hold-5')
) AS v (user_id, asset, amount, expires_in, key)
CROSS JOIN LATERAL wallet.place_hold(v.user_id, v.asset, v.amount, v.expires_in, v.key) \gset
SELECT (wallet.capture_hold(:'alice', h.hold_id, 5, 'capture')).amount
FROM wallet_private.hold AS h
WHERE h.amount = 20 \gset
SELECT is(wallet.expire_holds(), 0::bigint, 'nothing has expired yet');
SELECT is(
    (SELECT sum(w.held) FROM wallet_private.wallet AS w), 115.25, 'and everything is held still'
);

CALL pg_temp.let_pass('1 hour');
SELECT is(wallet.expire_holds(1), 2::bigint, 'p_limit chooses wallets: the first has two');
SELECT results_eq(
    $$
        SELECT h.amount::numeric, h.status, h.closed_at = h.expires_at
        FROM wallet_private.hold AS h
        ORDER BY h.expires_at
    $$,
    $$
        VALUES
        (10::numeric, 'expired', true), (20, 'expired', true), (0.25, 'open', NULL),
        (50, 'open', NULL), (40, 'open', NULL)
    $$,
    'they are closed, as of when they expired'
);
SELECT results_eq(
    'SELECT w.balance::numeric, w.held::numeric FROM wallet_private.wallet AS w '
    'WHERE w.held > 0 ORDER BY w.held',
    'VALUES (20.50, 0.25), (95, 40), (50, 50)', 'what they held is free'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound in between');
SELECT status FROM wallet.set_user_status(:'bob', 'frozen') \gset
SELECT is(wallet.expire_holds(), 2::bigint, 'the rest follows, on frozen accounts too');
SELECT is(wallet.expire_holds(), 0::bigint, 'then nothing is left to do');
SELECT is(
    (SELECT sum(w.held) FROM wallet_private.wallet AS w), 40::numeric,
    'what has not expired is held still'
);
SELECT results_eq(
    format(
        'SELECT h.status, h.captured, h.remaining FROM wallet.list_holds(%L) AS h '
        'WHERE h.amount = 20',
        :'alice'
    ),
    'VALUES (''expired'', 5::numeric, 0::numeric)', 'what was captured before stays captured'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
