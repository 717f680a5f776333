CREATE OR REPLACE FUNCTION wallet_private.erase_texts(p_user wallet_private.user_account)
RETURNS void
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Erases what requests wrote about a user, whose wallets are locked. A transfer with a seal keeps
-- the digest instead of the salt, and its hash. One of an earlier release has a hash that covers
-- the texts themselves: it gets a seal, and from there on the chain is made anew.
DECLARE
    v_wallet wallet_private.wallet;
    v_first bigint;
    v_hash bytea;
    v_transfer wallet_private.transfer;
BEGIN
    -- History is open for this: see wallet_private.refuse_change.
    PERFORM set_config('wallet.is_erasing', 'on', true);
    FOR v_wallet IN
        SELECT w.* FROM wallet_private.wallet AS w
        WHERE w.user_id = p_user.user_id
        ORDER BY w.asset_id
    LOOP
        SELECT min(t.seq) INTO v_first FROM wallet_private.transfer AS t
        WHERE t.user_id = v_wallet.user_id AND t.asset_id = v_wallet.asset_id
            AND t.seal IS NULL
            AND wallet_private.is_telling(
                t.user_id, t.reference, t.details, t.metadata, t.actor
            );

        UPDATE wallet_private.transfer AS t
        SET seal = decode(wallet_private.text_digest(
                t.seal, t.reference, t.details, t.metadata, t.actor
            ), 'hex'),
            reference = NULL,
            details = t.details - 'reason',
            metadata = NULL,
            actor = NULL
        WHERE t.user_id = v_wallet.user_id AND t.asset_id = v_wallet.asset_id
            AND t.seal IS NOT NULL;
        CONTINUE WHEN v_first IS NULL;

        v_hash := coalesce((
            SELECT t.hash FROM wallet_private.transfer AS t
            WHERE t.user_id = v_wallet.user_id AND t.asset_id = v_wallet.asset_id
                AND t.seq = v_first - 1
        ), '');
        FOR v_transfer IN
            SELECT t.* FROM wallet_private.transfer AS t
            WHERE t.user_id = v_wallet.user_id AND t.asset_id = v_wallet.asset_id
                AND t.seq >= v_first
            ORDER BY t.seq
        LOOP
            IF v_transfer.seal IS NULL AND wallet_private.is_telling(
                v_transfer.user_id, v_transfer.reference, v_transfer.details,
                v_transfer.metadata, v_transfer.actor
            ) THEN
                v_transfer.seal := decode(wallet_private.text_digest(
                    uuid_send(gen_random_uuid()), v_transfer.reference, v_transfer.details,
                    v_transfer.metadata, v_transfer.actor
                ), 'hex');
                v_transfer.reference := NULL;
                v_transfer.details := v_transfer.details - 'reason';
                v_transfer.metadata := NULL;
                v_transfer.actor := NULL;
            END IF;
            v_hash := wallet_private.sealed_hash(
                v_hash, v_transfer.user_id, v_transfer.asset_id, v_transfer.seq,
                v_transfer.transaction_id, v_transfer.leg, v_transfer.kind, v_transfer.amount,
                v_transfer.balance_after, v_transfer.counterparty, v_transfer.idempotency_key,
                v_transfer.reference, v_transfer.details, v_transfer.metadata, v_transfer.actor,
                v_transfer.created_at, v_transfer.seal
            );
            UPDATE wallet_private.transfer AS t
            SET hash = v_hash,
                seal = v_transfer.seal,
                reference = v_transfer.reference,
                details = v_transfer.details,
                metadata = v_transfer.metadata,
                actor = v_transfer.actor
            WHERE t.user_id = v_transfer.user_id AND t.asset_id = v_transfer.asset_id
                AND t.seq = v_transfer.seq;
        END LOOP;
        UPDATE wallet_private.wallet AS w SET head = v_hash
        WHERE w.user_id = v_wallet.user_id AND w.asset_id = v_wallet.asset_id;
        INSERT INTO wallet_private.erased_chain (user_id, asset_id, seq)
        VALUES (v_wallet.user_id, v_wallet.asset_id, v_first);
    END LOOP;

    -- What was done to the account.
    UPDATE wallet_private.action AS a SET details = a.details - 'reason'
    WHERE a.subject = p_user.user_id::text;
    UPDATE wallet_private.proposal AS p
    SET reason = NULL,
        decision_reason = NULL,
        arguments = p.arguments - '{reason,reference,metadata}'::text[],
        forecast = p.forecast - '{reason,reference,metadata}'::text[],
        result = p.result - '{reason,reference,metadata}'::text[]
    WHERE p.user_id = p_user.user_id;
    UPDATE wallet_private.webhook_event AS e SET error = NULL
    WHERE e.user_id = p_user.user_id;
    PERFORM set_config('wallet.is_erasing', '', true);
    PERFORM wallet_private.erase_actor(
        p_user.user_id, ARRAY[p_user.external_id, p_user.email]
    );
END
$$;
