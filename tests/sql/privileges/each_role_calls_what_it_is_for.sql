BEGIN;
SELECT plan(842);
\ir ../support/_roles.sql

-- Who may call what. A new function has to be decided on here first.
CREATE TEMPORARY TABLE decision AS
SELECT
    v.function,
    r.role,
    v.roles LIKE '%' || r.letter || '%' AS is_allowed
FROM (
    VALUES
    ('acknowledge_events', 'go'),
    ('adjust', 'o'),
    ('approve_proposal', 'go'),
    ('bonus', 'g'),
    ('buy_item', 'g'),
    ('capture_hold', 'g'),
    ('change_budget', 'go'),
    ('change_supply', 'go'),
    ('check_alerts', 'go'),
    ('checkpoint', 'ga'),
    ('complete_task', 'g'),
    ('consumption', 'go'),
    ('convert', 'g'),
    ('create_alert', 'go'),
    ('create_asset', 'go'),
    ('create_campaign', 'go'),
    ('create_item', 'go'),
    ('create_limit', 'go'),
    ('create_task', 'go'),
    ('create_subscription', 'go'),
    ('create_user', 'go'),
    ('create_webhook', 'go'),
    ('distribution', 'goa'),
    ('drop_alert', 'go'),
    ('drop_subscription', 'go'),
    ('economy', 'goa'),
    ('erase_user', 'go'),
    ('expire_holds', 'o'),
    ('expire_lots', 'o'),
    ('find_user', 'go'),
    ('fold_economy', 'o'),
    ('forgive_debt', 'go'),
    ('get_balance', 'go'),
    ('get_balance_at', 'goa'),
    ('get_credential', 'g'),
    ('get_token_state', 'g'),
    ('get_feed_position', 'go'),
    ('get_transaction', 'goa'),
    ('get_user', 'go'),
    ('get_user_id', 'go'),
    ('grant_batch', 'go'),
    ('heed_threshold', 'g'),
    ('import_users', 'o'),
    ('leaders', 'goa'),
    ('liability', 'goa'),
    ('list_actions', 'goa'),
    ('list_assets', 'go'),
    ('list_balances', 'goa'),
    ('list_campaigns', 'goa'),
    ('list_checkpoints', 'ga'),
    ('list_conversion_rates', 'go'),
    ('list_holds', 'go'),
    ('list_limit_use', 'goa'),
    ('list_limits', 'goa'),
    ('list_lots', 'goa'),
    ('list_items', 'go'),
    ('list_proposals', 'goa'),
    ('list_thresholds', 'goa'),
    ('list_ledger_entries', 'goa'),
    ('list_alerts', 'go'),
    ('list_subscriptions', 'go'),
    ('list_tasks', 'go'),
    ('list_transactions', 'go'),
    ('list_user_ids', 'g'),
    ('list_webhook_failures', 'go'),
    ('list_webhooks', 'go'),
    ('place_hold', 'g'),
    ('post_batch', 'g'),
    ('propose', 'go'),
    ('rank_users', 'o'),
    ('read_events', 'go'),
    ('read_news', 'g'),
    ('rehash_password', 'g'),
    ('record_verification', 'ga'),
    ('reject_proposal', 'go'),
    ('release_hold', 'g'),
    ('resend_webhook_events', 'go'),
    ('reverse', 'go'),
    ('revoke_tokens', 'go'),
    ('rotate_webhook_secret', 'go'),
    ('schema_version', 'goa'),
    ('search_users', 'go'),
    ('set_conversion_rate', 'go'),
    ('set_password', 'g'),
    ('set_refunded', 'go'),
    ('set_threshold', 'go'),
    ('set_user_status', 'go'),
    ('settle_webhook_events', 'g'),
    ('sign_up', 'g'),
    ('spend', 'g'),
    ('statement', 'a'),
    ('take_webhook_events', 'g'),
    ('topup', 'g'),
    ('treasury', 'goa'),
    ('update_asset', 'go'),
    ('update_item', 'go'),
    ('update_alert', 'go'),
    ('update_subscription', 'go'),
    ('update_limit', 'go'),
    ('update_task', 'go'),
    ('update_webhook', 'go'),
    ('verify', 'ga'),
    ('verify_checkpoint', 'ga'),
    ('verify_page', 'ga'),
    ('version', 'goa')
) AS v (function, roles)
CROSS JOIN (
    VALUES
    ('g', 'wallet_gateway'),
    ('o', 'wallet_operator'),
    ('a', 'wallet_auditor'),
    ('-', 'test_anybody')
) AS r (letter, role);
CREATE ROLE test_anybody;

SELECT set_eq(
    'SELECT p.proname::text FROM pg_proc AS p WHERE p.pronamespace = ''wallet''::regnamespace',
    'SELECT d.function FROM decision AS d', 'every function was decided on'
);
SELECT set_eq(
    $$
        SELECT r.rolname::text
        FROM pg_namespace AS n
        CROSS JOIN LATERAL aclexplode(n.nspacl) AS a
        LEFT JOIN pg_roles AS r ON a.grantee = r.oid
        WHERE n.nspname = 'wallet' AND a.privilege_type = 'USAGE'
    $$,
    $$
        SELECT d.role FROM decision AS d WHERE d.role <> 'test_anybody'
        UNION ALL SELECT 'wallet_owner'
    $$,
    'and so was every role'
);

-- As the catalogue has it, and as it is when one tries: called with no arguments but NULLs, a
-- function that is not allowed is refused before it has looked at them.
CREATE TEMPORARY TABLE attempt AS
SELECT
    d.*,
    p.oid,
    format(
        'SELECT wallet.%I(%s)', d.function,
        (
            SELECT string_agg(format('NULL::%s', t.type::regtype), ', ')
            FROM unnest(p.proargtypes) AS t (type)
        )
    ) AS call
FROM decision AS d
INNER JOIN pg_proc AS p
    ON d.function = p.proname AND p.pronamespace = 'wallet'::regnamespace;
SELECT is(
    has_function_privilege(a.role, a.oid, 'EXECUTE'), a.is_allowed,
    format(
        '%s %s call %s', a.role, CASE WHEN a.is_allowed THEN 'may' ELSE 'may not' END, a.function
    )
) FROM attempt AS a;
SELECT is(
    coalesce((pg_temp.refusal_as(a.role, a.call)).code = '42501', false), NOT a.is_allowed,
    format(
        '%s %s %s', a.role, CASE WHEN a.is_allowed THEN 'calls' ELSE 'can''t call' END, a.function
    )
) FROM attempt AS a;

SELECT * FROM finish();
ROLLBACK;
