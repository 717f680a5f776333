CREATE OR REPLACE FUNCTION wallet_private.note_taken(
    p_move_id uuid, p_kind text, p_code text, p_amount numeric, p_to integer
) RETURNS void
LANGUAGE sql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
    -- In partition 0, of something that has no limit here yet: another partition has used this.
    INSERT INTO wallet_private.share_move (move_id, is_in, kind, code, amount, peer)
    VALUES (p_move_id, false, p_kind, p_code, p_amount, p_to)
    ON CONFLICT DO NOTHING
$$;
