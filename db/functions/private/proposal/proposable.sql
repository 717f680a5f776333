CREATE OR REPLACE FUNCTION wallet_private.proposable() RETURNS text[]
LANGUAGE sql
IMMUTABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    -- The functions that can be proposed. All but set_threshold can have a threshold.
    SELECT '{topup,bonus,adjust,reverse,forgive_debt,create_task,update_task,set_conversion_rate,'
        'create_campaign,change_budget,change_supply,set_threshold}'::text[]
$$;
