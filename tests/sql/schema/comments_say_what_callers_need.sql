BEGIN;
SELECT plan(2);

SELECT is_empty(
    $$
        SELECT c.oid::regclass::text
        FROM pg_catalog.pg_class AS c
        WHERE
            c.relnamespace = 'wallet'::regnamespace AND c.relkind = 'v'
            AND (
                obj_description(c.oid, 'pg_class') ~ 'Returns: .*Locks: .*Raises: '
            ) IS NOT TRUE
    $$,
    'each view says what it returns, locks and raises'
);
SELECT is_empty(
    $$
        SELECT p.oid::regprocedure::text
        FROM pg_catalog.pg_proc AS p
        WHERE
            p.pronamespace = 'wallet'::regnamespace
            AND (
                obj_description(p.oid, 'pg_proc') ~ 'Returns: .*Locks: .*Raises: '
            ) IS NOT TRUE
    $$,
    'and each function'
);

SELECT * FROM finish();
ROLLBACK;
