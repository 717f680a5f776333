BEGIN;
SELECT plan(23);
\ir ../../support/_limits.sql

SELECT task_id AS daily
FROM wallet.create_task('daily', 'Come by', 'GOLD', 10, p_period => 'day') \gset
SELECT is(
    (
        SELECT (t.period, t.time_zone)::text FROM wallet.list_tasks() AS t
        WHERE t.code = 'daily'
    ),
    '(day,UTC)', 'a task that pays once a day, in UTC'
);
SELECT format('SELECT wallet.complete_task(%L, %s, ''again'')', :'alice', :daily) AS again \gset
SELECT is((wallet.complete_task(:'alice', :daily, 'one')).amount, 10::numeric, 'once a day');
SELECT throws_ok(:'again', 'WA406', pg_temp.message('WA406'), 'and no more');
SELECT ok(
    substring((pg_temp.refusal_of(:'again')).detail FROM '[0-9]+')::integer BETWEEN 1 AND 86400,
    'until the day is over'
);
SELECT is((wallet.complete_task(:'alice', :daily, 'one')).is_replay, true, 'a replay pays nothing');
SELECT is((wallet.complete_task(:'bob', :daily, 'one')).amount, 10::numeric, 'each user has one');

-- The day is that of the user's calendar, and none of it is had twice.
SELECT
    v.east,
    v.west
FROM (VALUES (
    (now() AT TIME ZONE 'Pacific/Kiritimati')::date, (now() AT TIME ZONE 'Pacific/Niue')::date
)) AS v (east, west) \gset
SELECT user_id AS carol FROM wallet.create_user('carol') \gset
CREATE FUNCTION pg_temp.days_of(p_user_id uuid) RETURNS date[]
LANGUAGE sql
STABLE
AS $$
    SELECT array_agg(c.period ORDER BY c.ordinal) FROM wallet_private.task_completion AS c
    WHERE c.user_id = p_user_id
$$;
SELECT is(
    (wallet.complete_task(:'carol', :daily, 'west', p_time_zone => 'Pacific/Niue')).amount,
    10::numeric, 'where it is still early'
);
SELECT is(pg_temp.days_of(:'carol'), ARRAY[:'west']::date[], 'it is the day there');
SELECT is(
    (wallet.complete_task(:'carol', :daily, 'east', p_time_zone => 'Pacific/Kiritimati')).amount,
    10::numeric, 'who moves to where it is the next day'
);
SELECT is(
    pg_temp.days_of(:'carol'), ARRAY[:'west', :'east']::date[], 'has that day early'
);
SELECT
    throws_ok(
        format(
            'SELECT wallet.complete_task(%L, %s, %L, p_time_zone => %L)', :'carol', :daily,
            'flip ' || v.zone, v.zone
        ),
        'WA406', pg_temp.message('WA406'), 'and nothing more: ' || v.zone
    )
FROM (VALUES ('Pacific/Niue'), ('Europe/Berlin'), ('Pacific/Kiritimati')) AS v (zone);
SELECT throws_ok(
    format(
        'SELECT wallet.complete_task(%L, %s, ''west'', p_time_zone => ''UTC'')', :'carol', :daily
    ),
    'WA301', pg_temp.message('WA301'), 'the zone is a part of the request'
);
SELECT throws_ok(
    format(
        'SELECT wallet.complete_task(%L, %s, ''key'', p_time_zone => ''CET'')', :'carol', :daily
    ),
    'WA116', pg_temp.message('WA116'), 'an unknown zone'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

-- A day later, a day after that.
CALL pg_temp.let_pass('1 day');
SELECT is((wallet.complete_task(:'alice', :daily, 'two')).amount, 10::numeric, 'the next day');
CALL pg_temp.let_pass('1 day');
SELECT is((wallet.complete_task(:'alice', :daily, 'three')).amount, 10::numeric, 'and the next');

-- Another period holds at once, and never pays for a day again.
SELECT period FROM wallet.update_task(:daily, p_period => 'month') \gset
SELECT throws_ok(:'again', 'WA406', pg_temp.message('WA406'), 'the month of that day is paid');
SELECT is(
    (SELECT (t.period, t.time_zone)::text FROM wallet.update_task(:daily, p_period => 'none') AS t),
    '(,)', 'no period'
);
SELECT is((wallet.complete_task(:'alice', :daily, 'four')).amount, 10::numeric, 'no matter');

-- Limits of the asset hold for tasks too.
SELECT limit_id
FROM wallet.create_limit('earned', 'GOLD', 'amount', 5, 'credit', p_period => 'day') \gset
SELECT throws_ok(:'again', 'WA412', pg_temp.message('WA412'), 'a reward beyond a limit');
SELECT limit_id FROM wallet.create_limit('held', 'GOLD', 'balance', 5) \gset
SELECT throws_ok(:'again', 'WA413', pg_temp.message('WA413'), 'a reward that is too much to hold');

SELECT * FROM finish();
ROLLBACK;
