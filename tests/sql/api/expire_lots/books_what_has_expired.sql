BEGIN;
SELECT plan(11);
\ir ../../support/_lots.sql

SELECT is(wallet.expire_lots(), 0::bigint, 'nothing has expired yet');
SELECT balance FROM wallet.bonus(:'bob', 'STAR', 7, 'bonus') \gset
SELECT hold_id FROM wallet.place_hold(:'bob', 'STAR', 2, '40 days', 'hold') \gset
CALL pg_temp.let_pass('31 days');
SELECT is(
    (
        SELECT sum(b.balance) FROM wallet.balance AS b
        WHERE b.asset = 'STAR'
    ), 102::numeric,
    'nobody sees what has expired'
);
SELECT is(
    (wallet.treasury('STAR')).outstanding, 207::numeric, 'the books do until it is booked'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'and are sound');
SELECT status FROM wallet.set_user_status(:'bob', 'frozen') \gset
SELECT is(wallet.expire_lots(1), 3::bigint, 'p_limit chooses wallets: the first has three');
SELECT is(wallet.expire_lots(1), 1::bigint, 'frozen accounts too');
SELECT is(wallet.expire_lots(), 0::bigint, 'then nothing is left to do: what is held stays');
SELECT results_eq(
    'SELECT u.name, t.amount FROM wallet.transaction AS t INNER JOIN '
    'wallet_private.user_account AS u USING (user_id) WHERE t.kind = ''EXPIRE'' '
    'ORDER BY 1, t.seq',
    'VALUES (''Alice'', -50::numeric), (''Alice'', -30), (''Alice'', -20), (''Bob'', -5)',
    'an EXPIRE for each lot'
);
SELECT is((wallet.treasury('STAR')).outstanding, 102::numeric, 'the books have it now');
SELECT is(
    (
        SELECT e.removed_by_kind ->> 'EXPIRE' FROM wallet.economy_daily AS e
        WHERE e.asset = 'STAR' AND e.removed > 0
    ),
    '105', 'and the economy shows it'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
