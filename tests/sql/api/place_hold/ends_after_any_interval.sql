BEGIN;
SELECT plan(7);
\ir ../../support/_books.sql

-- Intervals of days and months are not the same number of seconds everywhere.
SET LOCAL TIME ZONE 'Europe/Berlin';
SELECT is(
    h.expires_at - h.created_at, make_interval(secs => extract(EPOCH FROM v.expires_in)::float8),
    format('a hold of %s ends after what it says', v.expires_in)
) FROM (
    VALUES
    (interval '1 second', 'a'),
    ('1.5 seconds', 'b'),
    ('2 hours', 'c'),
    ('36 hours', 'd')
) AS v (expires_in, key)
CROSS JOIN LATERAL wallet.place_hold(:'alice', 'GOLD', 1, v.expires_in, v.key) AS h;

CREATE TEMPORARY TABLE answer AS
SELECT h.*
FROM (
    VALUES (interval '1 day', 'day'), ('200 days', 'days'), ('1 month', 'month'), ('1 year', 'year')
) AS v (expires_in, key)
CROSS JOIN LATERAL wallet.place_hold(:'alice', 'GOLD', 1, v.expires_in, v.key) AS h;
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound, whatever a month has');

SET LOCAL TIME ZONE 'Pacific/Auckland';
UPDATE answer SET is_replay = true;
SELECT results_eq(
    format(
        $$
            SELECT h.*
            FROM (
                VALUES
                (interval '1 day', 'day'), ('200 days', 'days'), ('1 month', 'month'),
                ('1 year', 'year')
            ) AS v (expires_in, key)
            CROSS JOIN LATERAL wallet.place_hold(%L, 'GOLD', 1, v.expires_in, v.key) AS h
        $$,
        :'alice'
    ),
    'SELECT * FROM answer', 'a replay says the same, in whatever time zone it is asked'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound there too');

SELECT * FROM finish();
ROLLBACK;
