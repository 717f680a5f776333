BEGIN;
SELECT plan(10);
\ir ../support/_roles.sql

-- A transfer's time is the clock's. Only what brings over another wallet's past sets it, and only
-- the owner may call that.
SELECT
    is(
        (pg_temp.refusal_as(r.role, s.statement)).code, '42501',
        format('%s is refused: %s', r.role, s.statement)
    )
FROM unnest('{wallet_gateway,wallet_operator,wallet_auditor}'::text[]) AS r (role)
CROSS JOIN (
    VALUES
    ('SELECT wallet_private.import_history(''{}'')'),
    ('SELECT wallet_private.chain_history(''{}'', NULL)')
) AS s (statement);
SELECT results_eq(
    $$
        SELECT p.oid::regproc::text FROM pg_proc AS p
        WHERE p.prosrc ~ '(import|chain)_history[(]'
    $$,
    $$ VALUES ('wallet_private.import_history') $$, 'no function calls it for them'
);
SELECT results_eq(
    $$
        SELECT DISTINCT a.grantee::regrole::text
        FROM pg_proc AS p
        CROSS JOIN LATERAL aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a
        WHERE p.proname IN ('import_history', 'chain_history')
    $$,
    $$ VALUES ('wallet_owner') $$, 'nobody else was granted it'
);
SELECT is(
    (
        SELECT array_agg(r.rolname::text)
        FROM pg_roles AS r
        WHERE pg_has_role(r.oid, 'wallet_owner', 'USAGE') AND NOT r.rolsuper
    ),
    '{wallet_owner}'::text[], 'no role of ours is the owner'
);
SELECT bag_eq(
    $$
        SELECT DISTINCT a.name
        FROM pg_proc AS p
        CROSS JOIN LATERAL unnest(p.proargnames, p.proargtypes::oid[]) AS a (name, type)
        WHERE p.pronamespace = 'wallet'::regnamespace AND a.type = 'timestamptz'::regtype
    $$,
    $$ VALUES ('p_at'), ('p_from'), ('p_since'), ('p_until'), ('p_expires_at'), ('p_signed_at') $$,
    'no function takes a time but to read as of it, when a credit expires or a store signed'
);

SELECT * FROM finish();
ROLLBACK;
