CREATE OR REPLACE FUNCTION wallet_private.take_turns() RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Takes the turn in all partitions: in partition 0 first, so no two wait for each other. One that
-- is away refuses it, before anything has changed.
BEGIN
    PERFORM wallet_private.take_turn(0);
    PERFORM wallet_private.all_take_turn();
    PERFORM wallet_private.ready_place(p.place)
    FROM generate_series(0, wallet_private.partitions() - 1) AS p (place);
END
$$;
