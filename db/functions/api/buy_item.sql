CREATE OR REPLACE FUNCTION wallet.buy_item(
    p_user_id uuid,
    p_item_id bigint,
    p_quantity integer,
    p_expected_price numeric,
    p_idempotency_key text,
    p_metadata jsonb DEFAULT NULL,
    p_actor text DEFAULT NULL
) RETURNS wallet.purchase_receipt
LANGUAGE plpgsql
VOLATILE
PARALLEL UNSAFE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '5s'
AS $$
DECLARE
    v_item wallet_private.item;
    v_asset wallet_private.asset;
    v_request wallet_private.transfer;
    v_transfer wallet_private.transfer;
BEGIN
    -- 1. Check the request.
    PERFORM wallet_private.check_request(p_user_id, p_idempotency_key, NULL, p_metadata, p_actor);
    v_request := wallet_private.new_transfer(
        'PURCHASE', p_user_id, NULL, NULL, p_idempotency_key, NULL,
        jsonb_build_object(
            'item_id', p_item_id, 'quantity', p_quantity, 'expected_price', p_expected_price
        ),
        p_metadata, p_actor
    );
    v_item := wallet_private.find_item(p_item_id);
    PERFORM wallet_private.check_given('quantity', p_quantity);
    PERFORM wallet_private.check_range('quantity', p_quantity, 1, 1000000);
    SELECT a.* INTO v_asset FROM wallet_private.asset AS a WHERE a.asset_id = v_item.asset_id;

    -- 2. Answer a replay.
    v_transfer := wallet_private.lock_and_find(v_request, ARRAY[v_asset.asset_id]);

    -- 3.-4. Move the balance, append the transfer.
    IF v_transfer.transaction_id IS NULL THEN
        PERFORM wallet_private.check_open(v_asset);
        PERFORM wallet_private.check_active('Item', v_item.code, v_item.is_active);
        IF p_expected_price <> v_item.price THEN
            RAISE EXCEPTION 'the price has changed'
                USING ERRCODE = 'WA305',
                    DETAIL = format(
                        'Expected was %s; item %s now costs %s %s.', p_expected_price,
                        v_item.code, v_item.price, v_asset.code
                    ),
                    HINT = 'Show the user the present price and ask again.';
        END IF;
        v_request.asset_id := v_item.asset_id;
        v_request.amount := -wallet_private.check_amount(
            'the price', v_item.price * p_quantity, v_asset
        );
        v_request.details := wallet_private.with_result(
            v_request.details, 'unit_price', v_item.price
        );
        v_transfer := wallet_private.post(v_request);

        -- 5. Settle what a race decided. No other purchase of this user is under way, but others
        -- may take the last of the stock.
        IF v_transfer.transaction_id = v_request.transaction_id THEN
            PERFORM wallet_private.record_purchase(v_item, p_quantity, v_transfer);
        END IF;
    END IF;

    -- 6. Return the receipt.
    RETURN ROW(
        v_transfer.transaction_id, v_transfer.kind, v_transfer.user_id, v_asset.code,
        -v_transfer.amount, v_transfer.balance_after, v_transfer.reference, v_transfer.metadata,
        v_transfer.created_at, v_transfer.transaction_id <> v_request.transaction_id,
        p_item_id, p_quantity, (v_transfer.details #>> '{result,unit_price}')::numeric
    )::wallet.purchase_receipt;
END
$$;

COMMENT ON FUNCTION wallet.buy_item(uuid, bigint, integer, numeric, text, jsonb, text) IS
'Sells a user p_quantity of an item at its price. p_expected_price is the price of one: the purchase
is refused if that is no longer the price. NULL takes any price.
Returns: wallet.purchase_receipt. For a key used before it is the first one again, with is_replay.
Locks: the user''s wallet in the asset of the price; of a capped asset a supply stripe; of a limited
item its row.
Raises: WA101 WA103 WA104 WA105 WA106 WA109 WA111 WA201 WA204 WA301 WA305 WA401 WA403 WA404 WA412
WA414 WA501 WA503';
