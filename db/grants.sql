-- Grants every right, in one place. Nobody but the owner sees a table. Each role may call what it
-- is for.
REVOKE ALL ON ALL TABLES IN SCHEMA wallet, wallet_private FROM public;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA wallet_private FROM public;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA wallet, wallet_private FROM public;
GRANT USAGE ON SCHEMA wallet TO wallet_gateway, wallet_operator, wallet_auditor;

-- The gateway may call what its routes need, and nothing else.
GRANT EXECUTE ON FUNCTION
wallet.sign_up,
wallet.get_credential,
wallet.set_password,
wallet.rehash_password,
wallet.get_token_state,
wallet.get_user_id,
wallet.list_user_ids,
wallet.revoke_tokens,
wallet.topup,
wallet.bonus,
wallet.spend,
wallet.convert,
wallet.complete_task,
wallet.buy_item,
wallet.place_hold,
wallet.capture_hold,
wallet.release_hold,
wallet.reverse,
wallet.post_batch,
wallet.create_user,
wallet.set_user_status,
wallet.create_asset,
wallet.update_asset,
wallet.create_task,
wallet.update_task,
wallet.create_item,
wallet.update_item,
wallet.set_conversion_rate,
wallet.get_user,
wallet.find_user,
wallet.list_balances,
wallet.get_balance,
wallet.get_balance_at,
wallet.list_transactions,
wallet.list_ledger_entries,
wallet.get_transaction,
wallet.list_holds,
wallet.list_lots,
wallet.list_assets,
wallet.list_conversion_rates,
wallet.list_tasks,
wallet.list_items,
wallet.treasury,
wallet.verify,
wallet.version,
wallet.schema_version
TO wallet_gateway;

-- An operator may change the catalogue, campaigns and accounts, and make corrections. Everyday
-- movements are not an operator's.
GRANT EXECUTE ON FUNCTION
wallet.create_user,
wallet.set_user_status,
wallet.revoke_tokens,
wallet.get_user_id,
wallet.create_asset,
wallet.update_asset,
wallet.change_supply,
wallet.create_task,
wallet.update_task,
wallet.create_item,
wallet.update_item,
wallet.set_conversion_rate,
wallet.create_campaign,
wallet.change_budget,
wallet.grant_batch,
wallet.import_users,
wallet.adjust,
wallet.reverse,
wallet.expire_holds,
wallet.expire_lots,
wallet.get_user,
wallet.find_user,
wallet.list_balances,
wallet.get_balance,
wallet.get_balance_at,
wallet.list_transactions,
wallet.list_ledger_entries,
wallet.get_transaction,
wallet.list_holds,
wallet.list_lots,
wallet.list_assets,
wallet.list_conversion_rates,
wallet.list_tasks,
wallet.list_items,
wallet.list_campaigns,
wallet.treasury,
wallet.version,
wallet.schema_version
TO wallet_operator;

-- An auditor may call what only reads, and the proofs.
GRANT EXECUTE ON FUNCTION
wallet.get_balance_at,
wallet.get_transaction,
wallet.list_balances,
wallet.list_ledger_entries,
wallet.list_lots,
wallet.list_campaigns,
wallet.statement,
wallet.treasury,
wallet.verify,
wallet.verify_page,
wallet.checkpoint,
wallet.verify_checkpoint,
wallet.version,
wallet.schema_version
TO wallet_auditor;
GRANT SELECT ON
wallet.balance,
wallet.transaction,
wallet.ledger_entry,
wallet.treasury_balance,
wallet.economy_daily,
wallet.operator_action
TO wallet_auditor;
