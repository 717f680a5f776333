CREATE OR REPLACE FUNCTION wallet_private.refuse_line(
    p_item wallet_private.history_item, p_line wallet_private.history_line
) RETURNS wallet.refusal
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY INVOKER
AS $$
-- Says what is wrong with a line.
DECLARE
    v_asset wallet_private.asset;
    v_refusal wallet.refusal;
BEGIN
    PERFORM wallet_private.check_given(
        'user_id, external_id or email',
        coalesce(p_line.user_id::text, p_line.external_id, p_line.email)
    );
    IF p_item.user_id IS NULL THEN
        PERFORM wallet_private.refuse_unknown_user(
            left(coalesce(p_line.user_id::text, p_line.external_id, p_line.email), 255)
        );
    END IF;
    v_asset := wallet_private.find_asset(p_line.asset);
    PERFORM wallet_private.check_given('kind', p_line.kind);
    PERFORM wallet_private.check_choice(
        'kind', p_line.kind, '{TOPUP,BONUS,SPEND,ADJUST,OPENING}'
    );
    PERFORM wallet_private.check_amount(
        'amount', CASE p_line.kind WHEN 'ADJUST' THEN abs(p_line.amount) ELSE p_line.amount END,
        v_asset
    );
    PERFORM wallet_private.check_given('created_at', p_line.created_at);
    PERFORM wallet_private.check_range(
        'created_at', p_line.created_at, timestamptz '1970-01-01 00:00:00+00', clock_timestamp()
    );
    PERFORM wallet_private.check_request(
        p_item.user_id, p_item.idempotency_key, p_line.reference, p_line.metadata, NULL
    );
    IF p_line.created_at < p_item.last_at OR (p_line.kind = 'OPENING' AND p_item.seq > 1) THEN
        RAISE EXCEPTION 'a line is out of order'
            USING ERRCODE = 'WA118',
                DETAIL = format(
                    'It is line %s of the wallet, of %s; the line before it is of %s.', p_item.seq,
                    p_line.created_at, p_item.last_at
                ),
                HINT = 'Sort the file by time. An OPENING is the first line of its wallet.';
    ELSIF NOT p_item.is_new AND NOT p_item.is_replay THEN
        RAISE EXCEPTION 'the wallet has a history already'
            USING ERRCODE = 'WA351',
                DETAIL = format(
                    'Its transfer %s is not this line of user %s asset %s.', p_item.seq,
                    p_item.user_id, v_asset.code
                ),
                HINT = 'History is brought into wallets that have none. What follows goes through '
                'the API.';
    ELSIF p_item.is_taken OR p_item.first_ord < p_item.ord THEN
        RAISE EXCEPTION 'the idempotency key was used for another request'
            USING ERRCODE = 'WA301',
                DETAIL = format(
                    'Another line or movement of the user has the key %s.', p_item.idempotency_key
                ),
                HINT = 'Take a new key for a new intent, and send a retry unchanged.';
    END IF;
    PERFORM wallet_private.refuse_low_balance(
        p_item.asset_id, -p_item.amount, p_item.balance_after - p_item.amount
    );
    RETURN NULL;  -- never: that has raised
EXCEPTION
    WHEN OTHERS THEN
        IF SQLSTATE !~ '^WA[1-5]' THEN
            RAISE;
        END IF;
        v_refusal.ord := p_item.ord;
        GET STACKED DIAGNOSTICS
            v_refusal.code = RETURNED_SQLSTATE,
            v_refusal.message = MESSAGE_TEXT,
            v_refusal.detail = PG_EXCEPTION_DETAIL,
            v_refusal.hint = PG_EXCEPTION_HINT;
        RETURN v_refusal;
END
$$;
