-- Roles, schemas and the record of applied files. The first file of every migration; it changes
-- nothing where all of it is there. Roles belong to the whole cluster, so another database of it
-- may have made them already, or be making them now.
DO $$
DECLARE
    v_role text;
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

    -- A migrating user without superuser rights has to be able to act as the owner.
    BEGIN
        PERFORM set_config('role', 'wallet_owner', true);
        PERFORM set_config('role', 'none', true);
    EXCEPTION
        WHEN insufficient_privilege THEN EXECUTE format('GRANT wallet_owner TO %I', current_user);
    END;
END
$$;

CREATE SCHEMA IF NOT EXISTS wallet AUTHORIZATION wallet_owner;
CREATE SCHEMA IF NOT EXISTS wallet_private AUTHORIZATION wallet_owner;
COMMENT ON SCHEMA wallet IS 'The wallet''s API: functions, result types and read-only views.';
COMMENT ON SCHEMA wallet_private IS 'Tables, helpers and triggers. Nobody but the owner sees in.';

-- Without IN SCHEMA: with it PostgreSQL keeps public's default right to execute.
ALTER DEFAULT PRIVILEGES FOR ROLE wallet_owner REVOKE EXECUTE ON FUNCTIONS FROM public;

CREATE TABLE IF NOT EXISTS wallet_private.migration (
    file_name text NOT NULL,
    content_hash bytea NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    applied_by text NOT NULL DEFAULT session_user,
    CONSTRAINT migration_pkey PRIMARY KEY (file_name)
);
ALTER TABLE wallet_private.migration OWNER TO wallet_owner;
COMMENT ON TABLE wallet_private.migration
IS 'One row for each file of db/ as it was last applied, with the sha256 of its bytes.';
