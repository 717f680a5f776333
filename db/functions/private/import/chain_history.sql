CREATE OR REPLACE FUNCTION wallet_private.chain_history(
    p_items wallet_private.history_item[], p_actor text
) RETURNS SETOF wallet_private.transfer
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Makes transfers of items, which are sorted by wallet and are each wallet's first. They have no
-- place in the feed: they are older than it.
DECLARE
    v_item wallet_private.history_item;
    v_transfer wallet_private.transfer;
BEGIN
    v_transfer.leg := 1;
    v_transfer.counterparty := 'TREASURY';
    v_transfer.details := wallet_private.with_result(NULL, 'is_imported', true);
    v_transfer.actor := coalesce(p_actor, session_user);
    FOREACH v_item IN ARRAY p_items LOOP
        v_transfer.user_id := v_item.user_id;
        v_transfer.transaction_id := wallet_private.transaction_id();
        v_transfer.seq := v_item.seq;
        v_transfer.created_at := v_item.created_at;
        v_transfer.asset_id := v_item.asset_id;
        v_transfer.kind := v_item.kind;
        v_transfer.amount := v_item.amount;
        v_transfer.balance_after := v_item.balance_after;
        v_transfer.idempotency_key := v_item.idempotency_key;
        v_transfer.reference := v_item.reference;
        v_transfer.metadata := v_item.metadata;
        v_transfer.seal := wallet_private.new_seal(
            v_item.user_id, v_item.reference, v_transfer.details, v_item.metadata,
            v_transfer.actor
        );
        v_transfer.hash := wallet_private.sealed_hash(
            CASE v_item.seq WHEN 1 THEN '' ELSE v_transfer.hash END, v_item.user_id,
            v_item.asset_id, v_item.seq, v_transfer.transaction_id, v_transfer.leg, v_item.kind,
            v_item.amount, v_item.balance_after, v_transfer.counterparty, v_item.idempotency_key,
            v_item.reference, v_transfer.details, v_item.metadata, v_transfer.actor,
            v_item.created_at, v_transfer.seal
        );
        RETURN NEXT v_transfer;
    END LOOP;
END
$$;
