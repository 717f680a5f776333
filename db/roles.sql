-- Makes roles, schemas and the record of applied files. This is the first file of every migration.
-- It changes nothing where all of them exist. Roles belong to the whole cluster, so another
-- database of it may have made them already, or may be making them now.
--
-- History does not withstand wallet_owner or a superuser: they can switch a trigger off or drop a
-- table. So nobody logs in as the owner, and wallet.verify shows what was done.
DO $$
DECLARE
    v_role text;
    v_schema text;
BEGIN
    FOREACH v_role IN ARRAY ARRAY[
        'wallet_owner', 'wallet_gateway', 'wallet_operator', 'wallet_auditor'
    ] LOOP
        CONTINUE WHEN EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = v_role);
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN', v_role);
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN NULL;
        END;
    END LOOP;

    -- A migrating user without superuser rights has to be able to act as the owner. From PostgreSQL
    -- 16 on it is not enough that this user made the role.
    IF NOT pg_has_role('wallet_owner', CASE
        WHEN current_setting('server_version_num')::integer >= 160000 THEN 'SET' ELSE 'MEMBER'
    END) THEN
        BEGIN
            EXECUTE format('GRANT wallet_owner TO %I', current_user);
        EXCEPTION
            WHEN unique_violation THEN NULL;
        END;
    END IF;

    -- IF NOT EXISTS would need the right to create schemas, even where they exist.
    FOREACH v_schema IN ARRAY ARRAY['wallet', 'wallet_private'] LOOP
        CONTINUE WHEN to_regnamespace(v_schema) IS NOT NULL;
        EXECUTE format('CREATE SCHEMA %I AUTHORIZATION wallet_owner', v_schema);
    END LOOP;
END
$$;

SET LOCAL ROLE wallet_owner;

COMMENT ON SCHEMA wallet IS 'The wallet''s API: functions, result types and read-only views.';
COMMENT ON SCHEMA wallet_private IS 'Tables, helpers and triggers. Nobody but the owner sees in.';

-- There is no IN SCHEMA here. With it PostgreSQL would keep public's default right to execute.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM public;
ALTER DEFAULT PRIVILEGES REVOKE USAGE ON TYPES FROM public;

CREATE TABLE IF NOT EXISTS wallet_private.migration (
    file_name text NOT NULL,
    content_hash bytea NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    applied_by text NOT NULL DEFAULT session_user,
    CONSTRAINT migration_pkey PRIMARY KEY (file_name)
);
COMMENT ON TABLE wallet_private.migration
IS 'One row for each file of db/ as it was last applied, with the sha256 of its bytes.';
