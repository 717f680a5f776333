BEGIN;
SELECT plan(16);
\ir ../../support/_lots.sql

SELECT transaction_id FROM wallet.spend(:'alice', 'STAR', 90, 'spend') \gset
SELECT is(pg_temp.left_of(:'alice'), '4: 10 free, 1: 100 paid', 'it used up two, and part of one');
SELECT amount FROM wallet.reverse(:'alice', :'transaction_id', 15, 'a mistake', 'first') \gset
SELECT is(
    pg_temp.left_of(:'alice'), '3: 5 free, 4: 20 free, 1: 100 paid', 'the last one gets it first'
);
SELECT amount FROM wallet.reverse(:'alice', :'transaction_id', 30, 'a mistake', 'second') \gset
SELECT is(
    pg_temp.left_of(:'alice'), '2: 5 free, 3: 30 free, 4: 20 free, 1: 100 paid',
    'the next call goes on there'
);
SELECT is(
    (
        SELECT t.details #> '{result,lots}' FROM wallet.transaction AS t
        WHERE t.idempotency_key = 'second'
    ),
    '[{"lot": 3, "amount": 25}, {"lot": 2, "amount": 5}]', 'and says it'
);
CALL pg_temp.let_pass('11 days');
SELECT results_eq(
    format(
        'SELECT r.amount, r.balance FROM wallet.reverse(%L, %L, 15, ''late'', ''third'') AS r',
        :'alice', :'transaction_id'
    ),
    'VALUES (15::numeric, 165::numeric)', 'what has expired is booked before'
);
SELECT is(
    pg_temp.left_of(:'alice'), '3: 30 free, 4: 20 free, 1: 100 paid',
    'what goes back into a lot that has expired expires at once'
);
SELECT is((wallet.treasury('STAR')).outstanding, 150::numeric, 'and is booked at once');
SELECT amount FROM wallet.reverse(
    :'alice', :'transaction_id', 30, 'late', 'fourth', p_grace => '2 days'
) \gset
SELECT is(
    pg_temp.left_of(:'alice'), '2: 30 free, 3: 30 free, 4: 20 free, 1: 100 paid',
    'or it lives for the grace that the caller gives'
);
SELECT is(
    (pg_temp.refusal_of(pg_temp.call('reverse', jsonb_build_object(
        'user_id', :'alice', 'transaction_id', :'transaction_id', 'amount', 30, 'reason', 'late',
        'idempotency_key', 'fourth', 'grace', '3 days'
    )))).detail ~ 'Its grace differs', true, 'another grace is another request'
);
CALL pg_temp.let_pass('3 days');
SELECT is(pg_temp.left_of(:'alice'), '3: 30 free, 4: 20 free, 1: 100 paid', 'and then no more');

-- What takes a credit back.
SELECT amount FROM wallet.reverse(:'alice', :'paid', 40, 'refunded', 'refund') \gset
SELECT is(
    pg_temp.left_of(:'alice'), '3: 30 free, 4: 20 free, 1: 60 paid',
    'a credit is taken from its own lot'
);
SELECT amount FROM wallet.spend(:'alice', 'STAR', 70, 'spend-2') \gset
SELECT amount FROM wallet.bonus(:'alice', 'STAR', 9, 'bonus') \gset
SELECT results_eq(
    format(
        'SELECT r.amount, r.shortfall '
        'FROM wallet.reverse(%L, %L, NULL, ''x'', ''y'', ''clamp'') AS r', :'alice', :'paid'
    ),
    'VALUES (49::numeric, 11::numeric)', 'then from others, in the order of use'
);
SELECT is(pg_temp.left_of(:'alice'), NULL, 'until nothing is left');

-- An EXPIRE is reversed too: that is how an operator brings something back.
SELECT t.transaction_id AS expiry FROM wallet.transaction AS t
WHERE t.kind = 'EXPIRE'
ORDER BY t.seq
LIMIT 1 \gset
SELECT amount FROM wallet.reverse(
    :'alice', :'expiry', NULL, 'a courtesy', 'courtesy', p_grace => '1 day'
) \gset
SELECT is(pg_temp.left_of(:'alice'), '2: 5 free', 'what had expired lives again');
SELECT throws_ok(
    pg_temp.call('reverse', jsonb_build_object(
        'user_id', :'alice', 'transaction_id', :'paid', 'amount', 1, 'reason', 'r',
        'idempotency_key', 'k', 'grace', '0 seconds'
    )), 'WA109', pg_temp.message('WA109'), 'a grace of nothing'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
