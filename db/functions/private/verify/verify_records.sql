CREATE OR REPLACE FUNCTION wallet_private.verify_records(p_from uuid, p_to uuid)
RETURNS SETOF wallet.finding
LANGUAGE plpgsql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
-- Runs the checks of what stands beside the ledger for these users. It looks once which kinds of
-- transfers they have: what is neither in the ledger nor beside it needs no check.
DECLARE
    v_kinds text[];
    v_has_limits boolean;
BEGIN
    SELECT coalesce(array_agg(k.kind), '{}'), coalesce(bool_or(k.has_limits), false)
    INTO v_kinds, v_has_limits
    FROM (
        SELECT t.kind::text, bool_or(t.details -> 'result' ? 'limits') AS has_limits
        FROM wallet_private.transfer AS t
        WHERE t.user_id BETWEEN p_from AND p_to
        GROUP BY t.kind
    ) AS k;

    RETURN QUERY SELECT f.* FROM wallet_private.verify_lots(p_from, p_to) AS f;
    IF v_has_limits OR EXISTS (
        SELECT FROM wallet_private.limit_use AS o WHERE o.user_id BETWEEN p_from AND p_to
    ) THEN
        RETURN QUERY SELECT f.* FROM wallet_private.verify_limits(p_from, p_to) AS f;
    END IF;
    IF 'PURCHASE' = ANY (v_kinds) OR EXISTS (
        SELECT FROM wallet_private.purchase AS o WHERE o.user_id BETWEEN p_from AND p_to
    ) THEN
        RETURN QUERY SELECT f.* FROM wallet_private.verify_purchases(p_from, p_to) AS f;
    END IF;
    IF 'TASK' = ANY (v_kinds) OR EXISTS (
        SELECT FROM wallet_private.task_completion AS o WHERE o.user_id BETWEEN p_from AND p_to
    ) THEN
        RETURN QUERY SELECT f.* FROM wallet_private.verify_completions(p_from, p_to) AS f;
    END IF;
    IF v_kinds && '{HOLD,CAPTURE}' OR EXISTS (
        SELECT FROM wallet_private.hold AS o WHERE o.user_id BETWEEN p_from AND p_to
    ) OR EXISTS (
        SELECT FROM wallet_private.hold_capture AS o WHERE o.user_id BETWEEN p_from AND p_to
    ) THEN
        RETURN QUERY SELECT f.* FROM wallet_private.verify_holds(p_from, p_to) AS f;
        RETURN QUERY SELECT f.* FROM wallet_private.verify_captures(p_from, p_to) AS f;
    END IF;
    IF 'REVERSAL' = ANY (v_kinds) OR EXISTS (
        SELECT FROM wallet_private.reversal AS o WHERE o.user_id BETWEEN p_from AND p_to
    ) THEN
        RETURN QUERY SELECT f.* FROM wallet_private.verify_reversals(p_from, p_to) AS f;
    END IF;
    IF v_kinds && '{REFUND,REPAY,FORGIVE}' OR EXISTS (
        SELECT FROM wallet_private.refund AS o WHERE o.user_id BETWEEN p_from AND p_to
    ) OR EXISTS (
        SELECT FROM wallet_private.debt AS o WHERE o.user_id BETWEEN p_from AND p_to
    ) THEN
        RETURN QUERY SELECT f.* FROM wallet_private.verify_refunds(p_from, p_to) AS f;
        RETURN QUERY SELECT f.* FROM wallet_private.verify_debts(p_from, p_to) AS f;
    END IF;
    IF 'CONVERT' = ANY (v_kinds) THEN
        RETURN QUERY SELECT f.* FROM wallet_private.verify_conversions(p_from, p_to) AS f;
    END IF;
END
$$;
