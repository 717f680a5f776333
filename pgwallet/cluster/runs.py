"""How each function of the API runs on a cluster: one line for each."""

from enum import Enum


class Run(Enum):
    """Where a call goes. A function with a file in db/proxy/api/ has that body instead."""

    USER = "by user: in the partition of p_user_id"
    NAME = "with the directory of names: where the user lives who has the name, or will live"
    CATALOGUE = "in partition 0, then what has changed is put into all"
    ANY = "in any partition: the answer is the same"
    ALL = "in all, the rows one after the other or added up"
    CLAIM = "by claim: in the partition that gave it"
    SPLIT = "an array is parted, each partition gets its part, the answers are put together"
    HERE = "the proxy answers by itself"
    REFUSED = "not on a cluster: WA502"


RUNS = {
    "acknowledge_events": Run.ALL,
    "adjust": Run.USER,
    "approve_proposal": Run.REFUSED,
    "bonus": Run.USER,
    "buy_item": Run.USER,
    "capture_hold": Run.USER,
    "change_budget": Run.CATALOGUE,
    "change_supply": Run.CATALOGUE,
    "check_alerts": Run.ALL,
    "checkpoint": Run.ALL,
    "complete_task": Run.USER,
    "consumption": Run.USER,
    "convert": Run.USER,
    "create_alert": Run.ALL,
    "create_asset": Run.CATALOGUE,
    "create_campaign": Run.CATALOGUE,
    "create_item": Run.CATALOGUE,
    "create_limit": Run.CATALOGUE,
    "create_subscription": Run.ALL,
    "create_task": Run.CATALOGUE,
    "create_user": Run.NAME,
    "create_webhook": Run.ALL,
    "distribution": Run.ALL,
    "drop_alert": Run.ALL,
    "drop_subscription": Run.ALL,
    "economy": Run.ALL,
    "erase_user": Run.NAME,
    "expire_holds": Run.ALL,
    "expire_lots": Run.ALL,
    "find_user": Run.NAME,
    "fold_economy": Run.ALL,
    "forgive_debt": Run.USER,
    "get_balance": Run.USER,
    "get_balance_at": Run.USER,
    "get_credential": Run.NAME,
    "get_feed_position": Run.ALL,
    "get_token_state": Run.NAME,
    "get_transaction": Run.USER,
    "get_user": Run.USER,
    "get_user_id": Run.NAME,
    "grant_batch": Run.SPLIT,
    "heed_threshold": Run.HERE,
    "import_users": Run.SPLIT,
    "leaders": Run.ALL,
    "liability": Run.ALL,
    "list_actions": Run.ALL,
    "list_alerts": Run.ALL,
    "list_assets": Run.ANY,
    "list_balances": Run.USER,
    "list_campaigns": Run.ALL,
    "list_checkpoints": Run.REFUSED,
    "list_conversion_rates": Run.ANY,
    "list_holds": Run.USER,
    "list_items": Run.ALL,
    "list_ledger_entries": Run.USER,
    "list_limit_use": Run.USER,
    "list_limits": Run.ANY,
    "list_lots": Run.USER,
    "list_proposals": Run.REFUSED,
    "list_subscriptions": Run.ALL,
    "list_tasks": Run.ANY,
    "list_thresholds": Run.REFUSED,
    "list_transactions": Run.USER,
    "list_user_ids": Run.NAME,
    "list_webhook_failures": Run.ALL,
    "list_webhooks": Run.ALL,
    "place_hold": Run.USER,
    "post_batch": Run.SPLIT,
    "propose": Run.REFUSED,
    "rank_users": Run.ALL,
    "read_events": Run.ALL,
    "read_news": Run.SPLIT,
    "rehash_password": Run.USER,
    "record_verification": Run.ANY,
    "reject_proposal": Run.REFUSED,
    "release_hold": Run.USER,
    "resend_webhook_events": Run.ALL,
    "reverse": Run.USER,
    "revoke_tokens": Run.USER,
    "rotate_webhook_secret": Run.ALL,
    "schema_version": Run.HERE,
    "search_users": Run.ALL,
    "set_conversion_rate": Run.CATALOGUE,
    "set_password": Run.USER,
    "set_refunded": Run.USER,
    "set_threshold": Run.REFUSED,
    "set_user_status": Run.USER,
    "settle_webhook_events": Run.CLAIM,
    "sign_up": Run.NAME,
    "spend": Run.USER,
    "statement": Run.USER,
    "take_webhook_events": Run.ALL,
    "topup": Run.USER,
    "treasury": Run.ALL,
    "update_alert": Run.ALL,
    "update_asset": Run.CATALOGUE,
    "update_item": Run.CATALOGUE,
    "update_limit": Run.CATALOGUE,
    "update_subscription": Run.ALL,
    "update_task": Run.CATALOGUE,
    "update_webhook": Run.ALL,
    "verify": Run.ALL,
    "verify_checkpoint": Run.ALL,
    "verify_page": Run.ALL,
    "version": Run.HERE,
}

# Made by hand, they take back in the partitions what is only tried, as calls for one user do.
TRIES = {"post_batch"}

# These change how much there is of something scarce. The partitions hand in their shares first: of
# which kind and of what, and how much there is to be (NULL = no limit).
SHARES = {
    "change_budget": ("budget", "p_campaign", "p_budget"),
    "change_supply": ("supply", "p_asset", "p_supply"),
    "update_item": (
        "stock",
        "(SELECT i.code FROM wallet_private.list_items(0) AS i WHERE i.item_id = p_item_id)",
        "nullif(p_stock, -1)",
    ),
}

# Of an asset's cap (WA402) and an item's stock (WA403) each partition has a part. One that has too
# little gets what others have, and the call is made once more.
SCARCE = ("WA402", "WA403")

# These change all partitions, so they are done one after the other, whichever proxy is asked: all
# of them, or where something is given. They need all partitions; one that failed halfway may be
# done again.
TURNS = {
    "change_budget": "true",
    "change_supply": "true",
    "create_alert": "true",
    "create_subscription": "true",
    "create_webhook": "true",
    "drop_alert": "true",
    "drop_subscription": "true",
    "rotate_webhook_secret": "true",
    "update_alert": "true",
    "update_item": "p_stock IS NOT NULL",
    "update_subscription": "true",
    "update_webhook": "true",
}
