BEGIN;
SELECT plan(7);
\ir ../../support/_economy.sql

SELECT throws_ok(
    'SELECT * FROM wallet.post_batch(NULL)', 'WA101', 'an argument is missing', 'no array'
);
SELECT throws_ok(
    'SELECT * FROM wallet.post_batch(''{}'')', 'WA109', 'a value is out of range', 'none'
);

CREATE FUNCTION pg_temp.batch(p_user_id uuid, p_size integer) RETURNS wallet.request[]
LANGUAGE sql
IMMUTABLE
AS $$
    SELECT array_agg(
        (p_user_id, 'TOPUP', 'SILVER', g.n, 'key-' || g.n, NULL, NULL)::wallet.request
        ORDER BY g.n
    )
    FROM generate_series(1, p_size) AS g (n)
$$;
SELECT is(
    pg_temp.refusal_of(
        format('SELECT * FROM wallet.post_batch(pg_temp.batch(%L, 8193))', :'bob')
    ),
    (
        'WA109', 'a value is out of range', 'requests is 8193; it can be 1 to 8192.',
        'Give a value within the range.'
    )::pg_temp.refusal,
    '8193'
);
SELECT is(
    (SELECT b.balance FROM wallet.get_balance(:'bob', 'SILVER') AS b), 0::numeric,
    'of which none is made'
);
SELECT results_eq(
    format(
        'SELECT ord, balance FROM wallet.post_batch(pg_temp.batch(%L, 8192))', :'bob'
    ),
    'SELECT g.n, g.n * (g.n + 1) / 2::numeric FROM generate_series(1, 8192) AS g (n)',
    '8192 can be, in the order given'
);
SELECT is(
    (SELECT b.balance FROM wallet.get_balance(:'bob', 'SILVER') AS b), 33558528::numeric,
    'and are all made'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
