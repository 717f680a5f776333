BEGIN;
SELECT plan(14);
\ir ../../support/_economy.sql

SELECT jsonb_build_object(
    'user_id', :'alice', 'status', 'frozen', 'reason', repeat('r', 255),
    'actor', repeat('a', 255)
) AS request \gset

SELECT throws_ok(
    pg_temp.call('set_user_status', :'request'::jsonb || jsonb_build_object(v.field, v.value)),
    v.code, pg_temp.message_of(v.code), v.field || ': ' || v.what
) FROM (
    VALUES
    ('user_id', NULL, 'WA101', 'none'),
    ('user_id', :'nobody', 'WA201', 'unknown'),
    ('status', NULL, 'WA101', 'none'),
    ('status', '', 'WA110', 'empty'),
    ('status', 'deleted', 'WA110', 'unknown'),
    ('status', 'Frozen', 'WA110', 'in other case'),
    ('reason', '', 'WA106', 'empty'),
    ('reason', E'fraud\n!', 'WA106', 'a line break'),
    ('reason', repeat('r', 256), 'WA106', '256 characters')
) AS v (field, value, code, what);
SELECT is(
    (
        pg_temp.refusal_of(pg_temp.call('set_user_status', :'request'::jsonb || '{"status": "x"}'))
    ).detail,
    'status is ''x''; it can be active, frozen, closed.', 'the detail lists the statuses'
);

SELECT is(
    (wallet.get_user(:'alice')).status, 'active', 'a refused request changes nothing'
);
SELECT is(
    (wallet.spend(:'alice', 'GOLD', 1, 'key')).balance, 99::numeric, 'and stops nothing'
);
SELECT results_eq(
    format('SELECT status FROM (%s) AS u', pg_temp.call('set_user_status', :'request')),
    $$VALUES ('frozen')$$, 'the longest texts are good'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
