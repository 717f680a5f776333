BEGIN;
SELECT plan(25);
\ir ../../support/_refunds.sql

SELECT transaction_id AS paid FROM wallet.topup(:'bob', 'COIN', 100, 'pay') \gset
SELECT pg_temp.notice(:'bob', :'paid', 30, 10) AS first_notice \gset
SELECT is(:'first_notice'::text, 'taken 30', 'a part is refunded');
SELECT is(pg_temp.state(:'bob', 'COIN'), '70, owes 0', 'and leaves the balance');
SELECT is(pg_temp.notice(:'bob', :'paid', 30, 10), 'repeated 30', 'the same notice again');
SELECT is(pg_temp.notice(:'bob', :'paid', 100, 5), 'outdated 30', 'an older one');
SELECT is(pg_temp.state(:'bob', 'COIN'), '70, owes 0', 'change nothing');
SELECT is(pg_temp.notice(:'bob', :'paid', 30, 20), 'unchanged 0', 'a newer one of the same total');
SELECT is(pg_temp.notice(:'bob', :'paid', 80, 15), 'outdated 0', 'counts as the newest');
SELECT is(pg_temp.notice(:'bob', :'paid', 100, 30), 'taken 70', 'a higher total takes the rest');
SELECT is(pg_temp.notice(:'bob', :'paid', 60, 40), 'given_back 40', 'a lower one gives back');
SELECT is(pg_temp.notice(:'bob', :'paid', 0, 50), 'given_back 60', 'none gives all back');
SELECT is(pg_temp.state(:'bob', 'COIN'), '100, owes 0', 'all is as before');
SELECT is(pg_temp.notice(:'bob', :'paid', 30, 10), 'repeated 30', 'the first one once more');
SELECT is(pg_temp.notice(:'bob', :'paid', 100, 60), 'taken 100', 'refunded once more');

SELECT is(
    (
        SELECT array_agg(format('%s %s', l.kind, coalesce(-l.debit, l.credit)))
        FROM wallet.statement(:'bob', 'COIN') AS l
    ),
    '{TOPUP 100,"REFUND -30","REFUND -70","REFUND 40","REFUND 60","REFUND -100"}'::text[],
    'each movement stands in the statement'
);
SELECT is(
    (
        SELECT array_agg(t.amount ORDER BY t.seq) FROM wallet_private.transfer AS t
        WHERE t.user_id = :'bob' AND t.kind = 'REFUND'
    ),
    '{-30,0,-70,40,60,-100}', 'and each notice in the ledger'
);
SELECT is(
    (SELECT cardinality(d.refunded_by) FROM wallet.get_transaction(:'bob', :'paid') AS d),
    6, 'the top-up names them'
);
SELECT is(
    (
        SELECT d.refunds
        FROM wallet.get_transaction(:'bob', (
            SELECT g.refunded_by[1] FROM wallet.get_transaction(:'bob', :'paid') AS g
        )) AS d
    ),
    :'paid', 'and they name the top-up'
);
SELECT is(
    (
        SELECT t.debit FROM wallet.statement(:'bob', 'COIN') AS t
        ORDER BY t.created_at DESC
        LIMIT 1
    ), 100::numeric, 'the last line of the statement'
);

-- What the receipt says.
SELECT transaction_id AS gift FROM wallet.bonus(:'bob', 'POINTS', 2.50, 'gift') \gset
SELECT results_eq(
    format(
        'SELECT r.kind, r.user_id, r.asset, r.amount, r.balance, r.reference, r.metadata, '
        'r.refunds, r.refunded, r.signed_at, r.outcome, r.shortfall, r.owed, r.debt '
        'FROM wallet.set_refunded(%L, %L, 1.2, ''2026-03-04 05:06:07.008+00'', ''clamp'', '
        '''notice-1'', ''{"a": 1}'') AS r', :'bob', :'gift'
    ),
    format(
        'VALUES (''REFUND'', %L::uuid, ''POINTS'', 1.20, 1.30, ''notice-1'', ''{"a": 1}''::jsonb, '
        '%L::uuid, 1.20, timestamptz ''2026-03-04 05:06:07.008+00'', ''taken'', 0::numeric, '
        '0::numeric, 0::numeric)', :'bob', :'gift'
    ),
    'a bonus beside a top-up is refunded too'
);
SELECT is(
    (
        SELECT t.details - 'result' FROM wallet_private.transfer AS t
        WHERE t.user_id = :'bob' AND t.reference = 'notice-1'
    ),
    jsonb_build_object(
        'transaction_id', :'gift', 'refunded', 1.20, 'signed_at', 1772600767.008,
        'policy', 'clamp'
    ),
    'the ledger has what the store said'
);

-- An account that is not active, and one whose asset is archived.
SELECT transaction_id AS frozen_paid FROM wallet.adjust(:'frozen', 'COIN', 1, 'a', 'r') \gset
SELECT t.transaction_id AS frozen_bonus FROM wallet.transaction AS t
WHERE t.user_id = :'frozen' AND t.kind = 'BONUS' \gset
SELECT is(pg_temp.notice(:'frozen', :'frozen_bonus', 40, 1), 'taken 40', 'a frozen account');
SELECT is(pg_temp.state(:'frozen', 'SILVER'), '60, owes 0', 'pays back too');
SELECT t.transaction_id AS archived_bonus FROM wallet.transaction AS t
WHERE t.user_id = :'alice' AND t.asset = :'archived' \gset
SELECT is(pg_temp.notice(:'alice', :'archived_bonus', 4, 1), 'taken 4', 'in an archived asset too');
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');
SELECT is((wallet.treasury('COIN')).outstanding, 1::numeric, 'and nothing is left over');

SELECT * FROM finish();
ROLLBACK;
