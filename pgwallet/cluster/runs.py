"""How each function of the API runs on a cluster: one line for each."""

from enum import Enum


class Run(Enum):
    """Where a call goes. A function with a file in db/proxy/api/ has that body instead."""

    USER = "by user: in the partition of p_user_id"
    NAME = "by name: where the user lives who has the name, or will live"
    CATALOGUE = "in partition 0, then what has changed is put into all"
    ANY = "in any partition: the answer is the same"
    ALL = "in all, the rows one after the other or added up"
    SPLIT = "an array is parted, each partition gets its part, the answers are put together"
    HERE = "the proxy answers by itself"
    REFUSED = "not on a cluster: WA502"


RUNS = {
    "acknowledge_events": Run.REFUSED,
    "adjust": Run.USER,
    "bonus": Run.USER,
    "buy_item": Run.USER,
    "capture_hold": Run.USER,
    "change_budget": Run.REFUSED,
    "change_supply": Run.REFUSED,
    "check_alerts": Run.REFUSED,
    "checkpoint": Run.REFUSED,
    "complete_task": Run.USER,
    "consumption": Run.USER,
    "convert": Run.USER,
    "create_alert": Run.REFUSED,
    "create_asset": Run.CATALOGUE,
    "create_campaign": Run.CATALOGUE,
    "create_item": Run.CATALOGUE,
    "create_limit": Run.CATALOGUE,
    "create_subscription": Run.REFUSED,
    "create_task": Run.CATALOGUE,
    "create_user": Run.NAME,
    "create_webhook": Run.REFUSED,
    "drop_alert": Run.REFUSED,
    "drop_subscription": Run.REFUSED,
    "economy": Run.REFUSED,
    "erase_user": Run.REFUSED,
    "expire_holds": Run.ALL,
    "expire_lots": Run.ALL,
    "find_user": Run.NAME,
    "fold_economy": Run.ALL,
    "forgive_debt": Run.USER,
    "get_balance": Run.USER,
    "get_balance_at": Run.USER,
    "get_credential": Run.NAME,
    "get_feed_position": Run.REFUSED,
    "get_token_state": Run.NAME,
    "get_transaction": Run.USER,
    "get_user": Run.USER,
    "get_user_id": Run.NAME,
    "grant_batch": Run.SPLIT,
    "import_users": Run.SPLIT,
    "liability": Run.ALL,
    "list_alerts": Run.REFUSED,
    "list_assets": Run.ANY,
    "list_balances": Run.USER,
    "list_campaigns": Run.ALL,
    "list_conversion_rates": Run.ANY,
    "list_holds": Run.USER,
    "list_items": Run.ALL,
    "list_ledger_entries": Run.USER,
    "list_limit_use": Run.USER,
    "list_limits": Run.ANY,
    "list_lots": Run.USER,
    "list_subscriptions": Run.REFUSED,
    "list_tasks": Run.ANY,
    "list_transactions": Run.USER,
    "list_user_ids": Run.NAME,
    "list_webhook_failures": Run.REFUSED,
    "list_webhooks": Run.REFUSED,
    "place_hold": Run.USER,
    "post_batch": Run.SPLIT,
    "read_events": Run.REFUSED,
    "read_news": Run.REFUSED,
    "rehash_password": Run.USER,
    "release_hold": Run.USER,
    "resend_webhook_events": Run.REFUSED,
    "reverse": Run.USER,
    "revoke_tokens": Run.USER,
    "rotate_webhook_secret": Run.REFUSED,
    "schema_version": Run.HERE,
    "set_conversion_rate": Run.CATALOGUE,
    "set_password": Run.USER,
    "set_refunded": Run.USER,
    "set_user_status": Run.USER,
    "settle_webhook_events": Run.REFUSED,
    "sign_up": Run.NAME,
    "spend": Run.USER,
    "statement": Run.USER,
    "take_webhook_events": Run.REFUSED,
    "topup": Run.USER,
    "treasury": Run.ALL,
    "update_alert": Run.REFUSED,
    "update_asset": Run.CATALOGUE,
    "update_item": Run.CATALOGUE,
    "update_limit": Run.CATALOGUE,
    "update_subscription": Run.REFUSED,
    "update_task": Run.CATALOGUE,
    "update_webhook": Run.REFUSED,
    "verify": Run.ALL,
    "verify_checkpoint": Run.REFUSED,
    "verify_page": Run.ALL,
    "version": Run.HERE,
}

# What can't be asked for yet, and is refused when it is given.
REFUSED_ARGUMENTS = {
    "create_campaign": ("p_budget", "A budget"),
    "update_item": ("p_stock", "A change of the stock"),
}

# Of an asset's cap (WA402) and an item's stock (WA403) each partition has a part. One that has too
# little gets what others have, and the call is made once more.
SCARCE = ("WA402", "WA403")
