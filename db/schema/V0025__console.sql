-- squawk-ignore-file ban-drop-function
-- What the console needs: checkpoints, page by page; and the reason of each change in the record.

CREATE TYPE wallet.checkpoint_item AS (
    checkpoint_id bigint,
    created_at timestamptz,
    wallets bigint,
    transfers numeric,
    root text,
    cursor text
);

-- They have more parameters now.
DROP FUNCTION IF EXISTS
wallet.create_asset(
    text, text, integer, numeric, numeric, boolean, text, text, interval, boolean, boolean
);
DROP FUNCTION IF EXISTS
wallet.update_asset(text, text, numeric, boolean, boolean, text, text, interval, boolean, boolean);
DROP FUNCTION IF EXISTS wallet.change_supply(text, numeric, text);
DROP FUNCTION IF EXISTS wallet.set_conversion_rate(text, text, numeric, numeric, text);
DROP FUNCTION IF EXISTS
wallet.create_task(
    text, text, text, numeric, integer, interval, boolean, text, interval, text, text
);
DROP FUNCTION IF EXISTS
wallet.update_task(
    bigint, text, numeric, integer, interval, boolean, boolean, text, interval, text, text
);
DROP FUNCTION IF EXISTS wallet.create_item(text, text, text, numeric, bigint, integer, text);
DROP FUNCTION IF EXISTS wallet.update_item(bigint, text, numeric, bigint, integer, boolean, text);
DROP FUNCTION IF EXISTS
wallet.create_limit(
    text, text, text, numeric, text, text[], text, text, text, interval, boolean, text
);
DROP FUNCTION IF EXISTS wallet.update_limit(bigint, numeric, boolean, boolean, text);
DROP FUNCTION IF EXISTS wallet.create_campaign(text, text, numeric, text, interval);
DROP FUNCTION IF EXISTS wallet.change_budget(text, numeric, text);
DROP FUNCTION IF EXISTS wallet.grant_batch(text, wallet.grant_request[], text);
DROP FUNCTION IF EXISTS wallet.revoke_tokens(uuid, text);
DROP FUNCTION IF EXISTS wallet_private.record_action(text, text, jsonb, text);
DROP FUNCTION IF EXISTS wallet_private.read_grants(wallet_private.campaign, wallet.grant_request[]);
DROP FUNCTION IF EXISTS wallet_private.grant_part(text, wallet.grant_request[], integer[], text);
DROP FUNCTION IF EXISTS wallet.checkpoint();
DROP FUNCTION IF EXISTS wallet_private.part_checkpoint();
