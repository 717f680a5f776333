BEGIN;
SELECT plan(21);
\ir ../../support/_refunds.sql

SELECT transaction_id AS other_paid FROM wallet.topup(:'alice', 'STAR', 40, 'paid-2') \gset
SELECT is(
    pg_temp.left_of(:'alice'), '2: 50 free, 3: 30 free, 4: 20 free, 1: 100 paid, 5: 40 paid',
    'what there is'
);
SELECT amount FROM wallet.spend(:'alice', 'STAR', 110, 'spend') \gset
SELECT is(pg_temp.left_of(:'alice'), '1: 90 paid, 5: 40 paid', 'a spend uses free lots first');
SELECT amount FROM wallet.bonus(:'alice', 'STAR', 25, 'gift') \gset
SELECT is(pg_temp.notice(:'alice', :'paid', 30, 1), 'taken 30', 'a refund takes');
SELECT is(
    pg_temp.left_of(:'alice'), '7: 25 free, 1: 60 paid, 5: 40 paid', 'from its own lot first'
);
SELECT is(pg_temp.notice(:'alice', :'other_paid', 40, 1), 'taken 40', 'another one');
SELECT is(pg_temp.left_of(:'alice'), '7: 25 free, 1: 60 paid', 'from its own');
SELECT amount FROM wallet.spend(:'alice', 'STAR', 35, 'spend-2') \gset
SELECT amount FROM wallet.bonus(:'alice', 'STAR', 8, 'gift-2') \gset
SELECT transaction_id AS third FROM wallet.topup(:'alice', 'STAR', 5, 'paid-3') \gset
SELECT is(pg_temp.left_of(:'alice'), '11: 8 free, 1: 50 paid, 12: 5 paid', 'what is left now');
SELECT is(pg_temp.notice(:'alice', :'paid', 90, 2), 'taken 60', 'more of the first');
SELECT is(
    pg_temp.left_of(:'alice'), '11: 3 free', 'from its own, then what was paid for, then free ones'
);
SELECT is(
    (
        SELECT t.details #> '{result,lots}' FROM wallet.transaction AS t
        WHERE t.user_id = :'alice' AND t.kind = 'REFUND'
        ORDER BY t.seq DESC
        LIMIT 1
    ),
    '[{"lot": 1, "amount": 50}, {"lot": 12, "amount": 5}, {"lot": 11, "amount": 5}]',
    'and says it'
);
SELECT is(pg_temp.notice(:'alice', :'paid', 83, 3), 'given_back 7', 'a lower total gives back');
SELECT is(pg_temp.left_of(:'alice'), '11: 8 free, 12: 2 paid', 'the last ones first');
SELECT is(pg_temp.notice(:'alice', :'paid', 0, 4), 'given_back 83', 'an undone refund');
SELECT is(
    pg_temp.left_of(:'alice'), '11: 8 free, 1: 80 paid, 12: 5 paid', 'gives each lot what it took'
);

-- What was owed and is repaid since comes back as a lot of its own.
SELECT amount FROM wallet.spend(:'alice', 'STAR', 83, 'spend-3') \gset
SELECT is(
    pg_temp.notice(:'alice', :'paid', 60, 5, 'debt'), 'taken 10, owed 50', 'most of it is owed'
);
SELECT transaction_id AS fourth
FROM wallet.bonus(:'alice', 'STAR', 70, 'gift-3', p_expires_at => now() + interval '5 days') \gset
SELECT is(pg_temp.left_of(:'alice'), '18: 20 free', 'a gift repays');
SELECT is(pg_temp.notice(:'alice', :'paid', 10, 6), 'given_back 50', 'and the refund is undone');
SELECT is(
    pg_temp.left_of(:'alice'), '18: 20 free, 1: 5 paid, 12: 5 paid, 21: 40 paid',
    'what it took is in its lots again, and what was repaid in a new one, which is paid'
);
SELECT results_eq(
    format(
        'SELECT t.leg, t.amount FROM wallet.transaction AS t '
        'WHERE t.user_id = %L AND t.kind = ''REFUND'' ORDER BY t.seq DESC LIMIT 2', :'alice'
    ),
    'VALUES (2, 40::numeric), (1, 10)', 'in two legs'
);
SELECT results_eq(
    'SELECT sum(i.issued), sum(i.used), sum(i.reversed), sum(i.outstanding) '
    'FROM wallet.liability(''STAR'') AS i',
    'VALUES (388::numeric, 278::numeric, 40::numeric, 70::numeric)',
    'reports count a refund as reversed, and what repays as used'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
