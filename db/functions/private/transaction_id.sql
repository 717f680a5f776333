CREATE OR REPLACE FUNCTION wallet_private.transaction_id() RETURNS uuid
LANGUAGE sql
VOLATILE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- A version 7 uuid: 48 bits of milliseconds, then random. By hand, as PostgreSQL has uuidv7()
    -- from 18 on only: a random version 4 uuid gets the time, and two bits make its 4 a 7.
    SELECT encode(
        set_bit(set_bit(
            overlay(
                uuid_send(gen_random_uuid())
                PLACING substring(
                    int8send(floor(
                        EXTRACT(EPOCH FROM clock_timestamp()) * 1000
                    )::bigint) FROM 3
                )
                FROM 1 FOR 6
            ), 52, 1), 53, 1), 'hex')::uuid
$$;
