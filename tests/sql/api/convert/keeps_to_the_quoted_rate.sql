BEGIN;
SELECT plan(8);
\ir ../../support/_economy.sql

SELECT balance FROM wallet.bonus(:'alice', 'SILVER', 1000, 'silver') \gset
SELECT is(
    (wallet.convert(:'alice', 'SILVER', 'GOLD', 50, 'key-1', :silver_to_gold)).rate_id,
    :silver_to_gold::bigint, 'the rate that was quoted is taken while it is the rate'
);

SELECT rate_id AS dearer FROM wallet.set_conversion_rate('SILVER', 'GOLD', 60, 1) \gset
SELECT is(
    pg_temp.refusal_of(
        format(
            'SELECT wallet.convert(%L, %L, %L, 300, %L, %s)', :'alice', 'SILVER', 'GOLD', 'key-2',
            :silver_to_gold
        )
    ),
    (
        'WA306', 'the conversion rate has changed',
        format(
            'Quoted was rate %s; now rate %s is 1 GOLD for 60 SILVER.', :silver_to_gold, :dearer
        ),
        'Show the user the present rate and ask again.'
    )::pg_temp.refusal,
    'and refused when it no longer is'
);
SELECT is(
    (SELECT b.balance FROM wallet.get_balance(:'alice', 'SILVER') AS b), 950::numeric,
    'then nothing moves'
);
SELECT is(
    (wallet.convert(:'alice', 'SILVER', 'GOLD', 300, 'key-2', :dearer)).to_amount, 5::numeric,
    'the present one is taken, by the same key'
);
SELECT is(
    (wallet.convert(:'alice', 'SILVER', 'GOLD', 60, 'key-3')).rate_id, :dearer::bigint,
    'without a quote it is the present one'
);

-- A quote is for its own pair.
SELECT rate_id AS points_rate FROM wallet.set_conversion_rate('SILVER', 'POINTS', 60, 1) \gset
SELECT throws_ok(
    format(
        'SELECT wallet.convert(%L, %L, %L, 60, %L, %s)', :'alice', 'SILVER', 'GOLD', 'key-4',
        :points_rate
    ),
    'WA306', 'the conversion rate has changed', 'the rate of another pair is refused'
);

-- The old rate again is a new one.
SELECT rate_id AS again FROM wallet.set_conversion_rate('SILVER', 'GOLD', 50, 1) \gset
SELECT throws_ok(
    format(
        'SELECT wallet.convert(%L, %L, %L, 50, %L, %s)', :'alice', 'SILVER', 'GOLD', 'key-4',
        :silver_to_gold
    ),
    'WA306', 'the conversion rate has changed', 'a rate that comes back is another rate'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
