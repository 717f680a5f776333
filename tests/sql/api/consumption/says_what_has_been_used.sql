BEGIN;
SELECT plan(26);
\ir ../../support/_refunds.sql

CREATE FUNCTION pg_temp.used(p_user_id uuid, p_transaction_id uuid) RETURNS text
LANGUAGE sql
STABLE
AS $$
    SELECT format(
        '%s: %s used, %s back, %s expired, %s left', c.amount, c.consumed, c.taken_back, c.expired,
        c.remaining
    )
    FROM wallet.consumption(p_user_id, p_transaction_id) AS c
$$;

-- Without lots: the oldest credits were used first.
SELECT amount FROM wallet.bonus(:'bob', 'POINTS', 10, 'gift') \gset
SELECT transaction_id AS paid FROM wallet.topup(:'bob', 'POINTS', 100, 'pay') \gset
SELECT results_eq(
    format('SELECT * FROM wallet.consumption(%L, %L)', :'bob', :'paid'),
    format(
        'VALUES (%L::uuid, %L::uuid, ''POINTS'', 100.00, 0.00, 0.00, 0.00, 100.00, '
        '''first_in_first_out'')', :'bob', :'paid'
    ), 'nothing is used yet'
);
SELECT transaction_id AS spent FROM wallet.spend(:'bob', 'POINTS', 40, 'spend') \gset
SELECT is(
    pg_temp.used(:'bob', :'paid'), '100.00: 30.00 used, 0.00 back, 0.00 expired, 70.00 left',
    'the gift is used first'
);
SELECT amount FROM wallet.bonus(:'bob', 'POINTS', 7, 'gift-2') \gset
SELECT transaction_id AS second FROM wallet.topup(:'bob', 'POINTS', 20, 'pay-2') \gset
SELECT is(
    pg_temp.used(:'bob', :'paid'), '100.00: 30.00 used, 0.00 back, 0.00 expired, 70.00 left',
    'later credits change nothing'
);
SELECT amount FROM wallet.reverse(:'bob', :'spent', 15, 'a mistake', 'r') \gset
SELECT is(
    pg_temp.used(:'bob', :'paid'), '100.00: 15.00 used, 0.00 back, 0.00 expired, 85.00 left',
    'what is given back of a spend is not used'
);
SELECT pg_temp.notice(:'bob', :'second', 20, 1) AS taken \gset
SELECT is(
    pg_temp.used(:'bob', :'second'), '20.00: 0.00 used, 20.00 back, 0.00 expired, 0.00 left',
    'what is refunded is not used'
);
SELECT is(
    pg_temp.used(:'bob', :'paid'), '100.00: 15.00 used, 0.00 back, 0.00 expired, 85.00 left',
    'nor is it used of another'
);
SELECT pg_temp.notice(:'bob', :'second', 5, 2) AS given_back \gset
SELECT pg_temp.notice(:'bob', :'paid', 25, 1) AS taken \gset
SELECT is(
    pg_temp.used(:'bob', :'paid'), '100.00: 15.00 used, 25.00 back, 0.00 expired, 60.00 left',
    'a refund in part'
);
SELECT amount FROM wallet.spend(:'bob', 'POINTS', 75, 'spend-2') \gset
SELECT is(
    pg_temp.used(:'bob', :'paid'), '100.00: 75.00 used, 25.00 back, 0.00 expired, 0.00 left',
    'all of it is used'
);
SELECT is(
    pg_temp.used(:'bob', :'second'), '20.00: 8.00 used, 5.00 back, 0.00 expired, 7.00 left',
    'and then of the next ones'
);
SELECT hold_id FROM wallet.place_hold(:'bob', 'POINTS', 7, '1 hour', 'hold') \gset
SELECT is(
    pg_temp.used(:'bob', :'second'), '20.00: 8.00 used, 5.00 back, 0.00 expired, 7.00 left',
    'what is held is not used'
);
SELECT amount FROM wallet.capture_hold(:'bob', :'hold_id', 7, 'capture') \gset
SELECT is(
    pg_temp.used(:'bob', :'second'), '20.00: 15.00 used, 5.00 back, 0.00 expired, 0.00 left',
    'what is captured is'
);
SELECT pg_temp.notice(:'bob', :'second', 20, 3, 'debt') AS owed \gset
SELECT is(
    pg_temp.used(:'bob', :'second'), '20.00: 15.00 used, 5.00 back, 0.00 expired, 0.00 left',
    'what is owed was used'
);

-- With lots: what has become of its own.
SELECT amount FROM wallet.spend(:'alice', 'STAR', 130, 'spend-3') \gset
SELECT t.transaction_id AS paid FROM wallet.transaction AS t
WHERE t.idempotency_key = 'paid' \gset
SELECT is((wallet.consumption(:'alice', :'paid')).rule, 'own_lot', 'a credit with a lot');
SELECT is(
    pg_temp.used(:'alice', :'paid'), '100: 30 used, 0 back, 0 expired, 70 left', 'is told by it'
);
SELECT pg_temp.notice(:'alice', :'paid', 20, 1) AS taken \gset
SELECT is(
    pg_temp.used(:'alice', :'paid'), '100: 30 used, 20 back, 0 expired, 50 left', 'a refund'
);
SELECT t.transaction_id AS spent FROM wallet.transaction AS t
WHERE t.idempotency_key = 'spend-3' \gset
SELECT amount FROM wallet.reverse(:'alice', :'spent', 10, 'a mistake', 'r-2') \gset
SELECT is(
    pg_temp.used(:'alice', :'paid'), '100: 20 used, 20 back, 0 expired, 60 left', 'a spend undone'
);
SELECT amount FROM wallet.reverse(:'alice', :'paid', 5, 'a mistake', 'r-3') \gset
SELECT is(
    pg_temp.used(:'alice', :'paid'), '100: 20 used, 25 back, 0 expired, 55 left', 'a reversal of it'
);
SELECT pg_temp.notice(:'alice', :'last', 20, 1) AS taken \gset
SELECT is(
    pg_temp.used(:'alice', :'paid'), '100: 40 used, 25 back, 0 expired, 35 left',
    'a refund of what was used pays with it'
);
SELECT is(
    pg_temp.used(:'alice', :'last'), '20: 20 used, 0 back, 0 expired, 0 left', 'not with its own'
);
SELECT transaction_id AS gift FROM wallet.bonus(
    :'alice', 'STAR', 9, 'gift-3', p_expires_at => clock_timestamp() + interval '1 day'
) \gset
SELECT amount FROM wallet.spend(:'alice', 'STAR', 2, 'spend-4') \gset
CALL pg_temp.let_pass('2 days');
SELECT is(
    pg_temp.used(:'alice', :'gift'), '9: 2 used, 0 back, 7 expired, 0 left', 'what has expired'
);
SELECT wallet.expire_lots() AS booked \gset
SELECT is(
    pg_temp.used(:'alice', :'gift'), '9: 2 used, 0 back, 7 expired, 0 left', 'booked or not'
);

SELECT throws_ok(
    pg_temp.call('consumption', jsonb_build_object('user_id', v.user_id, 'transaction_id', v.id)),
    v.code, pg_temp.message(v.code), v.description
) FROM (
    VALUES
    (NULL, :'paid', 'WA101', 'no user'),
    (:'alice', NULL, 'WA101', 'no transaction'),
    (:'bob', :'paid', 'WA206', 'another user''s'),
    (:'alice', :'spent', 'WA117', 'a spend')
) AS v (user_id, id, code, description);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
