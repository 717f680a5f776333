BEGIN;
SELECT plan(14);
\ir ../../support/_books.sql

SELECT is(
    pg_temp.refusal_of(
        format('SELECT wallet.spend(%L, %L, %s, %L)', v.user_id, v.asset, v.amount, 'key')
    ),
    ('WA401', 'the balance is too low', v.detail, v.hint)::pg_temp.refusal,
    v.description
) FROM (
    VALUES
    (
        :'alice', 'GOLD', '101', '101 GOLD is needed, 100 is available: 1 is missing.',
        'Try it with at most 100.', 'one more than is there'
    ),
    (
        :'alice', 'POINTS', '20.51',
        '20.51 POINTS is needed, 20.50 is available: 0.01 is missing.',
        'Try it with at most 20.50.', 'one decimal more than is there'
    ),
    (
        :'alice', 'GOLD', '1000000000000000',
        '1000000000000000 GOLD is needed, 100 is available: 999999999999900 is missing.',
        'Try it with at most 100.', '10^15'
    )
) AS v (user_id, asset, amount, detail, hint, description);
SELECT throws_ok(
    format('SELECT wallet.spend(%L, %L, 1, %L)', :'bob', 'GOLD', 'key'), 'WA401',
    'the balance is too low', 'anything of nothing'
);
SELECT is(
    (wallet.spend(:'alice', 'POINTS', 20.50, 'key')).balance, 0.00, 'all that is there can go'
);
SELECT is(
    (SELECT b.balance FROM wallet.get_balance(:'alice', 'GOLD') AS b), 100::numeric,
    'refusals took nothing'
);

-- What is held is not available.
SELECT hold_id FROM wallet.place_hold(:'alice', 'GOLD', 60, interval '1 hour', 'hold') \gset
SELECT is(
    pg_temp.refusal_of(format('SELECT wallet.spend(%L, %L, 41, %L)', :'alice', 'GOLD', 'key-2')),
    (
        'WA401', 'the balance is too low', '41 GOLD is needed, 40 is available: 1 is missing.',
        'Try it with at most 40.'
    )::pg_temp.refusal,
    'what is held stays'
);
SELECT is(
    (wallet.spend(:'alice', 'GOLD', 40, 'key-2')).balance, 60::numeric, 'the rest can go'
);
SELECT throws_ok(
    format('SELECT wallet.spend(%L, %L, 1, %L)', :'alice', 'GOLD', 'key-3'), 'WA401',
    'the balance is too low', 'then only what is held is left'
);
SELECT status FROM wallet.release_hold(:'alice', :'hold_id', 'release') \gset
SELECT is(
    (wallet.spend(:'alice', 'GOLD', 10, 'key-3')).balance, 50::numeric,
    'what was released can go'
);
SELECT hold_id FROM wallet.place_hold(:'alice', 'GOLD', 50, interval '1 hour', 'short') \gset
CALL pg_temp.let_pass('2 hours');
SELECT results_eq(
    format(
        'SELECT balance, created_at BETWEEN statement_timestamp() AND clock_timestamp() '
        'FROM wallet.spend(%L, %L, 50, %L)', :'alice', 'GOLD', 'key-4'
    ),
    'VALUES (0::numeric, true)', 'and what an expired hold held'
);

-- An asset that is younger than the user.
SELECT asset FROM wallet.create_asset('RUBY', 'Ruby') \gset
SELECT throws_ok(
    format('SELECT wallet.spend(%L, %L, 1, %L)', :'alice', 'RUBY', 'key-5'), 'WA401',
    'the balance is too low', 'a younger asset is not there'
);
SELECT throws_ok(
    format('SELECT wallet.spend(%L, %L, 1, %L)', :'frozen', 'RUBY', 'key-5'), 'WA501',
    'the account is not active', 'nor for a frozen account'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
