BEGIN;
SELECT plan(40);
\ir ../../support/_refunds.sql

-- Whether the wallet goes the careful way.
CREATE FUNCTION pg_temp.is_plain(p_user_id uuid, p_asset text) RETURNS boolean
LANGUAGE sql
STABLE
AS $$
    SELECT w.is_plain FROM wallet_private.wallet AS w
    INNER JOIN wallet_private.asset AS a ON w.asset_id = a.asset_id
    WHERE w.user_id = p_user_id AND a.code = p_asset
$$;
-- The newest lines of a statement.
CREATE FUNCTION pg_temp.last_lines(p_user_id uuid, p_asset text, p_count integer) RETURNS text
LANGUAGE sql
STABLE
AS $$
    SELECT string_agg(l.line, ', ' ORDER BY l.place)
    FROM (
        SELECT
            s.ordinality AS place, format('%s %s', s.kind, coalesce(-s.debit, s.credit)) AS line
        FROM wallet.statement(p_user_id, p_asset) WITH ORDINALITY AS s
        ORDER BY s.ordinality DESC
        LIMIT p_count
    ) AS l
$$;

SELECT transaction_id AS paid FROM wallet.topup(:'bob', 'COIN', 100, 'pay') \gset
SELECT amount FROM wallet.spend(:'bob', 'COIN', 70, 'spend') \gset
SELECT throws_ok(
    format('SELECT pg_temp.notice(%L, %L, 31, 1)', :'bob', :'paid'), 'WA401',
    pg_temp.message('WA401'), 'reject takes all or nothing'
);
SELECT is(pg_temp.state(:'bob', 'COIN'), '30, owes 0', 'here nothing');

-- clamp
SELECT is(
    pg_temp.notice(:'bob', :'paid', 50, 2, 'clamp'), 'taken 30, short 20',
    'clamp takes what is there'
);
SELECT is(
    pg_temp.notice(:'bob', :'paid', 50, 2, 'clamp'), 'repeated 30, short 20',
    'a repeated notice tells the same'
);
SELECT is(pg_temp.notice(:'bob', :'paid', 40, 3), 'given_back 0', 'what was short is given up');
SELECT is(pg_temp.notice(:'bob', :'paid', 10, 4), 'given_back 20', 'and then what was taken');
SELECT is(
    pg_temp.notice(:'bob', :'paid', 100, 5, 'clamp'), 'taken 20, short 70', 'a higher total'
);
SELECT is(pg_temp.is_plain(:'bob', 'COIN'), true, 'without debt it is a wallet like any other');
SELECT is(pg_temp.notice(:'bob', :'paid', 30, 6), 'given_back 0', 'what is taken stays taken');

-- debt
SELECT transaction_id AS second FROM wallet.topup(:'bob', 'COIN', 60, 'pay-2') \gset
SELECT amount FROM wallet.spend(:'bob', 'COIN', 50, 'spend-2') \gset
SELECT is(
    pg_temp.notice(:'bob', :'second', 60, 1, 'debt'), 'taken 10, owed 50', 'debt has the rest owed'
);
SELECT is(pg_temp.state(:'bob', 'COIN'), '0, owes 50', 'the balance is never negative');
SELECT is(
    (
        SELECT b.debt FROM wallet.list_balances(:'bob') AS b
        WHERE b.asset = 'COIN'
    ), 50::numeric, 'the list of balances shows it'
);
SELECT is((
    SELECT b.debt FROM wallet.balance AS b
    WHERE b.user_id = :'bob' AND b.asset = 'COIN'
), 50::numeric, 'so does the view');
SELECT is(pg_temp.is_plain(:'bob', 'COIN'), false, 'the wallet goes the careful way now');
SELECT is(
    (SELECT r.balance FROM wallet.topup(:'bob', 'COIN', 20, 'pay-3') AS r), 20::numeric,
    'a credit is a credit'
);
SELECT is(
    pg_temp.last_lines(:'bob', 'COIN', 2), 'TOPUP 20, REPAY -20', 'and repays at once'
);
SELECT is(pg_temp.state(:'bob', 'COIN'), '0, owes 30', 'as far as it goes');
SELECT amount FROM wallet.bonus(:'bob', 'COIN', 40, 'gift') \gset
SELECT is(pg_temp.last_lines(:'bob', 'COIN', 2), 'BONUS 40, REPAY -30', 'no more than is owed');
SELECT is(pg_temp.state(:'bob', 'COIN'), '10, owes 0', 'the rest is the user''s');
SELECT is(pg_temp.is_plain(:'bob', 'COIN'), true, 'and the wallet is a plain one again');
SELECT is(
    (wallet.get_balance_at(:'bob', 'COIN', (
        SELECT t.created_at FROM wallet.transaction AS t
        WHERE t.idempotency_key = 'pay-3'
    ))).debt, 50::numeric, 'what was owed at an instant'
);
SELECT is(
    (wallet.get_balance_at(:'bob', 'COIN', clock_timestamp())).debt, 0::numeric, 'and now'
);

-- An undone refund cancels a debt first, whatever it is owed for.
SELECT transaction_id AS third FROM wallet.topup(:'bob', 'COIN', 100, 'pay-4') \gset
SELECT amount FROM wallet.spend(:'bob', 'COIN', 60, 'spend-3') \gset
SELECT is(
    pg_temp.notice(:'bob', :'third', 100, 1, 'debt'), 'taken 50, owed 50', 'half of it is owed'
);
SELECT is(
    pg_temp.notice(:'bob', :'second', 50, 2), 'given_back 0, owed -10', 'another is undone in part'
);
SELECT is(
    pg_temp.notice(:'bob', :'third', 0, 2), 'given_back 60, owed -40', 'and this one as a whole'
);
SELECT is(pg_temp.state(:'bob', 'COIN'), '60, owes 0', 'it adds up');
SELECT is(
    pg_temp.notice(:'bob', :'third', 100, 3, 'debt'), 'taken 60, owed 40', 'refunded again'
);

-- Whatever becomes available repays: rewards, conversions, reversals, batches, holds.
SELECT task_id FROM wallet.create_task('work', 'Work', 'COIN', 3) \gset
SELECT amount FROM wallet.complete_task(:'bob', :'task_id', 'task') \gset
SELECT amount FROM wallet.bonus(:'bob', 'STAR', 1, 'star') \gset
SELECT to_amount FROM wallet.convert(:'bob', 'STAR', 'COIN', 1, 'convert') \gset
SELECT t.transaction_id AS spent FROM wallet.transaction AS t
WHERE t.idempotency_key = 'spend-3' \gset
SELECT amount FROM wallet.reverse(:'bob', :'spent', 5, 'a mistake', 'reverse') \gset
SELECT is(pg_temp.state(:'bob', 'COIN'), '0, owes 22', 'a reward, a conversion and a reversal do');
SELECT results_eq(
    format(
        'SELECT b.code, b.balance FROM wallet.post_batch(ARRAY['
        '(%1$L, ''BONUS'', ''COIN'', 4, ''b1'', NULL, NULL), '
        '(%1$L, ''SPEND'', ''COIN'', 1, ''b2'', NULL, NULL), '
        '(%1$L, ''TOPUP'', ''COIN'', 2, ''b3'', NULL, NULL)]::wallet.request[]) AS b', :'bob'
    ),
    'VALUES (NULL, 4::numeric), (''WA401'', NULL), (NULL, 2)', 'a batch does'
);
SELECT is(pg_temp.state(:'bob', 'COIN'), '0, owes 16', 'before it goes on');
SELECT campaign FROM wallet.create_campaign('party', 'COIN') \gset
SELECT users FROM wallet.grant_batch(
    'party', ARRAY[(:'bob', NULL, NULL, 6, NULL)]::wallet.grant_request[]
) \gset
SELECT is(pg_temp.state(:'bob', 'COIN'), '0, owes 10', 'a campaign''s grant does');
SELECT transaction_id AS held_paid FROM wallet.topup(:'bob', 'COIN', 30, 'pay-5') \gset
SELECT hold_id FROM wallet.place_hold(:'bob', 'COIN', 15, '1 hour', 'hold') \gset
SELECT hold_id AS expiring FROM wallet.place_hold(:'bob', 'COIN', 5, '1 hour', 'hold-2') \gset
SELECT is(
    pg_temp.notice(:'bob', :'held_paid', 30, 1, 'debt'), 'taken 0, owed 30', 'holds stay'
);
SELECT is(
    (wallet.set_refunded(:'bob', :'held_paid', 30, '2026-02-01 00:00:00+00')).debt, 30::numeric,
    'a notice that changes nothing says what is owed'
);
SELECT amount FROM wallet.capture_hold(:'bob', :'hold_id', 6, 'capture') \gset
SELECT is(pg_temp.state(:'bob', 'COIN'), '14, owes 30', 'and is captured');
SELECT status FROM wallet.release_hold(:'bob', :'hold_id', 'release') \gset
SELECT is(pg_temp.state(:'bob', 'COIN'), '5, owes 21', 'what a hold frees repays');
CALL pg_temp.let_pass('2 hours');
SELECT wallet.expire_holds() AS expired \gset
SELECT is(pg_temp.state(:'bob', 'COIN'), '0, owes 16', 'also when it expires');
SELECT is(
    (
        SELECT count(*) FROM wallet.list_transactions(:'bob', 'COIN', 'REPAY')
    ), 11::bigint, 'all of that stands in the ledger'
);
SELECT is((
    SELECT count(*) FROM wallet.list_transactions(:'bob', 'COIN', 'REFUND')
), 7::bigint, 'beside the refunds');

-- An account that is not active repays too.
SELECT t.transaction_id AS frozen_bonus FROM wallet.transaction AS t
WHERE t.user_id = :'frozen' AND t.kind = 'BONUS' \gset
SELECT amount FROM wallet.adjust(:'frozen', 'SILVER', -60, 'a-1', 'a correction') \gset
SELECT pg_temp.notice(:'frozen', :'frozen_bonus', 100, 1, 'debt') AS owed \gset
SELECT amount FROM wallet.adjust(:'frozen', 'SILVER', 10, 'a-2', 'a correction') \gset
SELECT is(pg_temp.state(:'frozen', 'SILVER'), '0, owes 50', 'a correction repays as any credit');
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
