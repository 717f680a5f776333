BEGIN;
SELECT plan(8);

-- Every right that anybody but the owner has on anything of ours, or will have on what comes.
CREATE TEMPORARY TABLE given AS
WITH thing (kind, name, schema, owner, acl) AS (
    SELECT
        'schema',
        n.nspname::text,
        n.oid,
        n.nspowner,
        coalesce(n.nspacl, acldefault('n', n.nspowner))
    FROM pg_namespace AS n
    UNION ALL
    SELECT
        CASE c.relkind WHEN 'S' THEN 'sequence' WHEN 'v' THEN 'view' ELSE 'table' END,
        c.oid::regclass::text,
        c.relnamespace,
        c.relowner,
        coalesce(c.relacl, CASE c.relkind
            WHEN 'S' THEN acldefault('s', c.relowner) ELSE acldefault('r', c.relowner)
        END)
    FROM pg_class AS c
    WHERE c.relkind NOT IN ('c', 'i', 'I')
    UNION ALL
    SELECT
        'column',
        format('%s.%I', c.oid::regclass, a.attname),
        c.relnamespace,
        c.relowner,
        a.attacl
    FROM pg_attribute AS a
    INNER JOIN pg_class AS c ON a.attrelid = c.oid
    UNION ALL
    SELECT
        'function',
        p.oid::regprocedure::text,
        p.pronamespace,
        p.proowner,
        coalesce(p.proacl, acldefault('f', p.proowner))
    FROM pg_proc AS p
    UNION ALL
    -- A list has the rights of what it is of; a row's type is of no use without its table.
    SELECT
        'type',
        t.oid::regtype::text,
        t.typnamespace,
        t.typowner,
        coalesce(t.typacl, acldefault('T', t.typowner))
    FROM pg_type AS t
    LEFT JOIN pg_class AS c ON t.typrelid = c.oid
    WHERE t.typcategory <> 'A' AND coalesce(c.relkind, 'c') = 'c'
    UNION ALL
    SELECT
        'default',
        d.defaclobjtype::text,
        'wallet'::regnamespace,
        d.defaclrole,
        d.defaclacl
    FROM pg_default_acl AS d
)

SELECT
    t.kind,
    t.name,
    t.schema::regnamespace AS schema,
    g.privilege_type,
    g.is_grantable,
    CASE WHEN g.grantee = 0 THEN 'public' ELSE g.grantee::regrole::text END AS grantee
FROM thing AS t
CROSS JOIN LATERAL aclexplode(t.acl) AS g
WHERE
    t.schema IN ('wallet'::regnamespace, 'wallet_private'::regnamespace)
    AND g.grantee <> t.owner;

SELECT is_empty('SELECT * FROM given AS g WHERE g.grantee = ''public''', 'public has nothing');
SELECT is_empty('SELECT * FROM given AS g WHERE g.is_grantable', 'nobody may pass a right on');
SELECT is_empty(
    'SELECT * FROM given AS g WHERE g.schema = ''wallet_private''::regnamespace',
    'nobody has a right on what is private'
);
SELECT set_eq(
    'SELECT g.kind, g.privilege_type, g.grantee FROM given AS g',
    $$
        VALUES
        ('schema', 'USAGE', 'wallet_gateway'), ('schema', 'USAGE', 'wallet_operator'),
        ('schema', 'USAGE', 'wallet_auditor'), ('function', 'EXECUTE', 'wallet_gateway'),
        ('function', 'EXECUTE', 'wallet_operator'), ('function', 'EXECUTE', 'wallet_auditor'),
        ('view', 'SELECT', 'wallet_auditor')
    $$,
    'rights are of these kinds and of these roles'
);

-- What will be made in either schema is nobody's but the owner's as well.
SET LOCAL ROLE wallet_owner;
CREATE FUNCTION wallet.anew() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE TYPE wallet.novelty AS (a integer);
RESET ROLE;
CREATE ROLE test_anybody;
SELECT ok(
    NOT has_function_privilege('test_anybody', 'wallet.anew()', 'EXECUTE'), 'not a new function'
);
SELECT ok(NOT has_type_privilege('test_anybody', 'wallet.novelty', 'USAGE'), 'nor a new type');

-- A password's hash, a link of a chain, a root and a webhook's secret are answered by these
-- functions alone.
SELECT set_eq(
    $$
        SELECT p.proname::text, r.role
        FROM pg_proc AS p
        INNER JOIN pg_type AS t ON p.prorettype = t.oid
        INNER JOIN pg_attribute AS a ON t.typrelid = a.attrelid
        CROSS JOIN unnest('{wallet_gateway,wallet_operator,wallet_auditor}'::text[]) AS r (role)
        WHERE
            p.pronamespace = 'wallet'::regnamespace
            AND (a.attname ~ 'hash|head|root|secret|password' OR a.atttypid = 'bytea'::regtype)
            AND has_function_privilege(r.role, p.oid, 'EXECUTE')
    $$,
    $$
        VALUES
        ('get_credential', 'wallet_gateway'),
        ('take_webhook_events', 'wallet_gateway')
        UNION ALL
        SELECT w.name, r.role
        FROM unnest('{
            create_webhook,update_webhook,rotate_webhook_secret,list_webhooks,
            resend_webhook_events
        }'::text[]) AS w (name)
        CROSS JOIN unnest('{wallet_gateway,wallet_operator}'::text[]) AS r (role)
        UNION ALL
        SELECT c.name, r.role
        FROM unnest('{checkpoint,list_checkpoints}'::text[]) AS c (name)
        CROSS JOIN unnest('{wallet_gateway,wallet_auditor}'::text[]) AS r (role)
    $$,
    'who can read a hash'
);
-- An operator who could would make an admin and log in as that one.
SELECT is_empty(
    $$
        SELECT p.proname
        FROM pg_proc AS p
        CROSS JOIN unnest('{wallet_operator,wallet_auditor}'::text[]) AS r (role)
        WHERE
            p.pronamespace = 'wallet'::regnamespace
            AND EXISTS (SELECT FROM unnest(p.proargnames) AS a (name) WHERE a.name ~ 'password')
            AND has_function_privilege(r.role, p.oid, 'EXECUTE')
    $$,
    'only the gateway gives a password'
);

SELECT * FROM finish();
ROLLBACK;
