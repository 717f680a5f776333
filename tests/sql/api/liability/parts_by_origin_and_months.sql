BEGIN;
SELECT plan(12);
\ir ../../support/_lots.sql

-- Each line of a liability without its months, and how long the first of them were ago.
CREATE FUNCTION pg_temp.lines(p_asset text, p_at timestamptz DEFAULT NULL) RETURNS text
LANGUAGE sql
STABLE
AS $$
    SELECT string_agg(
        format(
            '%s: %s used %s expired %s reversed %s left %s', i.origin, i.issued, i.used, i.expired,
            i.reversed, i.outstanding
        ), E'\n' ORDER BY i.origin, i.issue_month, i.expiry_month
    )
    FROM wallet.liability(p_asset, p_at) AS i
$$;

SELECT asset FROM wallet.create_asset(
    'MILE', 'Mile', 2, p_lot_order => 'expiring_first', p_expires_in => '70 days'
) \gset
SELECT balance FROM wallet.topup(:'alice', 'MILE', 100, 'topup') \gset
SELECT balance FROM wallet.bonus(:'alice', 'MILE', 50.5, 'first') \gset
CALL pg_temp.let_pass('32 days');
SELECT transaction_id AS second FROM wallet.bonus(:'bob', 'MILE', 30, 'second') \gset
SELECT hold_id AS hold FROM wallet.place_hold(:'alice', 'MILE', 20, '60 days', 'hold') \gset
SELECT transaction_id AS spend FROM wallet.spend(:'alice', 'MILE', 10.5, 'spend') \gset
CALL pg_temp.let_pass('5 days');
SELECT amount FROM wallet.reverse(:'alice', :'spend', 2, 'broken', 'reversal') \gset
SELECT amount FROM wallet.reverse(:'bob', :'second', 7, 'a mistake', 'reversal') \gset
SELECT balance FROM wallet.adjust(:'bob', 'MILE', -3, 'adjustment', 'a mistake') \gset

SELECT is(
    pg_temp.lines('MILE'),
    'free: 50.50 used 8.50 expired 0.00 reversed 0.00 left 42.00' || E'\n'
    || 'free: 30.00 used 0.00 expired 0.00 reversed 10.00 left 20.00' || E'\n'
    || 'paid: 100.00 used 0.00 expired 0.00 reversed 0.00 left 100.00',
    'what each month''s issue has been through'
);
SELECT results_eq(
    'SELECT i.issue_month, i.expiry_month FROM wallet.liability(''MILE'') AS i '
    'WHERE i.origin = ''free''',
    $$
        SELECT
            date_trunc('month', (now() - v.ago) AT TIME ZONE 'UTC')::date,
            date_trunc('month', (now() - v.ago + '70 days') AT TIME ZONE 'UTC')::date
        FROM (VALUES (interval '37 days'), (interval '5 days')) AS v (ago)
    $$,
    'the months are those of its issue and its expiry'
);
SELECT is(
    pg_temp.lines('MILE', now() - interval '4 days'),
    'free: 50.50 used 10.50 expired 0.00 reversed 0.00 left 40.00' || E'\n'
    || 'free: 30.00 used 0.00 expired 0.00 reversed 0.00 left 30.00' || E'\n'
    || 'paid: 100.00 used 0.00 expired 0.00 reversed 0.00 left 100.00',
    'as it was at an instant'
);
SELECT is(
    pg_temp.lines('MILE', now() + interval '34 days'),
    'free: 50.50 used 8.50 expired 22.00 reversed 0.00 left 20.00' || E'\n'
    || 'free: 30.00 used 0.00 expired 0.00 reversed 10.00 left 20.00' || E'\n'
    || 'paid: 100.00 used 0.00 expired 0.00 reversed 0.00 left 100.00',
    'as it will be: what a hold holds outlives its expiry'
);
CALL pg_temp.let_pass('40 days');
CREATE TEMPORARY TABLE before AS SELECT * FROM wallet.liability('MILE');
SELECT is(
    pg_temp.lines('MILE'),
    'free: 50.50 used 8.50 expired 22.00 reversed 0.00 left 20.00' || E'\n'
    || 'free: 30.00 used 0.00 expired 0.00 reversed 10.00 left 20.00' || E'\n'
    || 'paid: 100.00 used 0.00 expired 0.00 reversed 0.00 left 100.00',
    'what has expired does so before anything has booked it'
);
SELECT wallet.expire_lots() AS booked \gset
SELECT results_eq(
    'SELECT * FROM wallet.liability(''MILE'')', 'SELECT * FROM before', 'and after that'
);
SELECT results_eq(
    'SELECT * FROM wallet.liability(''MILE'', now() - interval ''1 hour'')', 'SELECT * FROM before',
    'also when it is asked for the time between'
);
SELECT amount FROM wallet.reverse(
    :'alice', :'spend', 5, 'broken', 'reversal-2', p_grace => '90 days'
) \gset
SELECT is(
    pg_temp.lines('MILE'),
    'free: 50.50 used 3.50 expired 22.00 reversed 0.00 left 25.00' || E'\n'
    || 'free: 30.00 used 0.00 expired 0.00 reversed 10.00 left 20.00' || E'\n'
    || 'paid: 100.00 used 0.00 expired 0.00 reversed 0.00 left 100.00',
    'what is given back with a grace is left'
);
SELECT is(
    (SELECT max(i.expiry_month) FROM wallet.liability('MILE') AS i),
    date_trunc('month', (now() + '90 days') AT TIME ZONE 'UTC')::date, 'until then'
);

-- 23:30 on 31 March in UTC is 08:30 on 1 April in Tokyo.
SELECT asset FROM wallet.create_asset('DUSK', 'Dusk', p_lot_order => 'free_first') \gset
SELECT balance FROM wallet.bonus(:'alice', 'DUSK', 1, 'bonus') \gset
CALL pg_temp.let_pass(date_trunc('second', now()) - timestamptz '2026-03-31 23:30:00+00');
SELECT is(
    ARRAY[
        (wallet.liability('DUSK')).issue_month,
        (wallet.liability('DUSK', p_time_zone => 'Asia/Tokyo')).issue_month
    ],
    '{2026-03-01,2026-04-01}'::date[], 'months are those of a zone'
);

-- An asset without lots, also one that has lots now.
SELECT asset FROM wallet.create_asset('PEBBLE', 'Pebble') \gset
SELECT balance FROM wallet.topup(:'alice', 'PEBBLE', 9, 'pebble') \gset
SELECT transaction_id AS spend FROM wallet.spend(:'alice', 'PEBBLE', 4, 'pebble-2') \gset
SELECT amount FROM wallet.reverse(:'alice', :'spend', 1, 'broken', 'pebble-3') \gset
SELECT balance FROM wallet.adjust(:'alice', 'PEBBLE', -2, 'pebble-4', 'a mistake') \gset
SELECT is(
    pg_temp.lines('PEBBLE'), ': 9 used 3 expired 0 reversed 2 left 4', 'without lots it is one line'
);
CALL pg_temp.let_pass('1 day');
SELECT lot_order FROM wallet.update_asset('PEBBLE', p_lot_order => 'free_first') \gset
SELECT is(
    ARRAY[pg_temp.lines('PEBBLE', now() - interval '1 hour'), pg_temp.lines('PEBBLE')],
    ARRAY[
        ': 9 used 3 expired 0 reversed 2 left 4',
        'paid: 4 used 0 expired 0 reversed 0 left 4'
    ],
    'so it is for the time before an asset had lots'
);

SELECT * FROM finish();
ROLLBACK;
