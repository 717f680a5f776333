CREATE OR REPLACE FUNCTION wallet_private.root_of_roots(p_roots text[]) RETURNS text
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- Of those of the partitions, in their order.
    SELECT encode(sha256(decode(array_to_string(p_roots, ''), 'hex')), 'hex')
$$;
