BEGIN;
SELECT plan(13);
\ir ../../support/_books.sql

SELECT transaction_id FROM wallet.spend(:'alice', 'POINTS', 10, 'spend') \gset
SELECT format('SELECT * FROM wallet.reverse(%L, %L, ', :'alice', :'transaction_id') AS reverse \gset

SELECT results_eq(
    'SELECT r.amount, r.balance, r.shortfall FROM (' || :'reverse' || v.arguments || ') AS r',
    format('VALUES (%s, %s, 0.00)', v.amount, v.balance), v.description
) FROM (
    VALUES
    ('0.01, ''one'', ''key-1'')', 0.01, 10.51, 'a cent of it'),
    ('3, ''two'', ''key-2'')', 3.00, 13.51, 'then more'),
    ('3, ''three'', ''key-3'')', 3.00, 16.51, 'as much again')
) AS v (arguments, amount, balance, description);
SELECT is(
    pg_temp.refusal_of(:'reverse' || '4, ''four'', ''key-4'')'),
    (
        'WA408', 'more than is left to reverse',
        format('Of transaction %s 3.99 POINTS is left to reverse.', :'transaction_id'),
        'Reverse at most 3.99.'
    )::pg_temp.refusal,
    'never more than the original in sum'
);
SELECT is(
    (wallet.reverse(:'alice', :'transaction_id', NULL, 'the rest', 'key-4')).amount, 3.99,
    'the rest, by the key that was refused'
);
SELECT throws_ok(
    :'reverse' || v.amount || ', ''five'', ''key-5'')', 'WA408', 'more than is left to reverse',
    v.description
) FROM (
    VALUES ('0.01', 'then not a cent'), ('NULL', 'nor what is left')
) AS v (amount, description);
SELECT is(
    (wallet.get_balance(:'alice', 'POINTS')).balance, 20.50, 'the user has all of it back'
);
SELECT is(
    (
        SELECT array_agg(r.actor ORDER BY r.created_at)
        FROM unnest((wallet.get_transaction(:'alice', :'transaction_id')).reversed_by) AS u (id)
        CROSS JOIN LATERAL wallet.get_transaction(:'alice', u.id) AS r
    ),
    array_fill(session_user::text, '{4}'), 'the original names all four'
);
SELECT throws_ok(
    format(
        'SELECT wallet.reverse(%L, %L, 10.01, %L, %L)', :'alice',
        (wallet.spend(:'alice', 'POINTS', 10, 'spend-2')).transaction_id, 'more', 'key-5'
    ),
    'WA408', 'more than is left to reverse', 'nor more than the original at once'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT transaction_id FROM wallet.spend(:'alice', 'POINTS', 10, 'spend-3') \gset
SELECT is(
    wallet.reverse(:'alice', :'transaction_id', 5.5, 'a part', 'key-6')::text,
    replace(
        wallet.reverse(:'alice', :'transaction_id', 5.50, 'a part', 'key-6')::text, ',t,', ',f,'
    ),
    'the amount has the decimals of the asset, however it was written'
);
SELECT is(
    (wallet.reverse(:'alice', :'transaction_id', 5.5, 'a part', 'key-6')).amount::text, '5.50',
    'and so has the answer to a replay'
);

SELECT * FROM finish();
ROLLBACK;
