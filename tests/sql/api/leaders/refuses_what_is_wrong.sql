BEGIN;
SELECT plan(3);
\ir ../../support/_books.sql

SELECT throws_ok(
    format('SELECT * FROM wallet.leaders(%s)', v.arguments), v.code, pg_temp.message(v.code),
    v.arguments
) FROM (
    VALUES
    ('NULL', 'WA101'),
    ('''NONE''', 'WA202'),
    ('''GOLD'', 8', 'WA110')
) AS v (arguments, code);

SELECT * FROM finish();
ROLLBACK;
