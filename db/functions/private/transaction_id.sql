CREATE OR REPLACE FUNCTION wallet_private.transaction_id() RETURNS uuid
LANGUAGE sql
VOLATILE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- A version 7 uuid, which sorts by time: 48 bits of milliseconds, the 7, 12 bits more of time,
    -- the rest random. By hand, as PostgreSQL has uuidv7() from 18 on only.
    SELECT overlay(gen_random_uuid()::text PLACING overlay(
        lpad(to_hex(floor(EXTRACT(EPOCH FROM clock_timestamp()) * 4096000)::bigint), 15, '0')
        PLACING '7' FROM 13 FOR 0
    ) FROM 1 FOR 18)::uuid
$$;
