BEGIN;
SELECT plan(150);
\ir ../support/_history.sql

-- Nobody should ever come so far: each of these was let through by all functions above it.
SELECT checkpoint_id FROM wallet.checkpoint() \gset
SELECT user_id FROM wallet.create_user('with', p_email => 'c@example.com') \gset
SELECT set_password AS password FROM wallet.set_password(:'user_id', 'hash') \gset
SELECT budget FROM wallet.create_campaign('SPRING', 'GOLD', 50) \gset
SELECT subscription FROM wallet.create_subscription('warehouse') \gset
SELECT asset FROM wallet.create_asset('STAR', 'Star', p_lot_order => 'free_first') \gset
SELECT transaction_id AS star FROM wallet.bonus(:'bob', 'STAR', 1, 'star') \gset
SELECT balance FROM wallet.spend(:'bob', 'STAR', 1, 'no star') \gset
SELECT outcome FROM wallet.set_refunded(:'bob', :'star', 1, '2026-01-01 00:00:00+00', 'debt') \gset
SELECT subscription FROM wallet.create_webhook('warehouse', 'https://shop.example/') \gset
SELECT asset FROM wallet.create_asset('COIN', 'Coin') \gset
SELECT limit_id FROM wallet.create_limit(
    'earned', 'COIN', 'amount', 10, 'credit', p_period => 'day'
) \gset
SELECT balance FROM wallet.bonus(:'bob', 'COIN', 1, 'coin') \gset
SELECT subscription FROM wallet.resend_webhook_events('warehouse', (
    SELECT t.transaction_id FROM wallet_private.transfer AS t
    ORDER BY t.transaction_id LIMIT 1
)) \gset
INSERT INTO wallet_private.daily
VALUES ((SELECT min(asset_id) FROM wallet_private.asset), '2026-01-01', 'TOPUP', 1, 1, 0, 1, 1);
INSERT INTO wallet_private.spread VALUES (1, '2026-01-01', 1, 1, 1);
INSERT INTO wallet_private.leader VALUES (1, 7, 'earned', 1, :'bob', 1, 1, 1);
SELECT alert FROM wallet.create_alert(
    'spring', 'budget', p_campaign => 'SPRING', p_direction => 'below', p_threshold => 60
) \gset
SELECT alert_id FROM wallet_private.alert \gset
SELECT most FROM wallet.set_threshold('adjust', 'GOLD', 5) \gset
SELECT proposal_id FROM wallet.propose(
    'adjust', jsonb_build_object(
        'user_id', :'bob', 'asset', 'GOLD', 'amount', 1, 'reference', 'why'
    ), 'why', 'key'
) \gset
INSERT INTO wallet_private.alert_crossing (alert_id, user_id) VALUES (:alert_id, :'bob');
INSERT INTO wallet_private.alert_lot (alert_id, user_id, lot_id, expires_at)
VALUES (:alert_id, :'bob', 1, now());
INSERT INTO wallet_private.alert_event (
    feed_position, alert, user_id, asset_id, value, details
) VALUES (1, 'spring', :'bob', 1, 1, '{}');
CALL pg_temp.unlock();
-- A partition of a cluster has these.
INSERT INTO wallet_private.partition (number, partitions) VALUES (0, 2);
INSERT INTO wallet_private.catalogue_copy VALUES (1, 1);
INSERT INTO wallet_private.name (kind, name, claim_id, place)
VALUES ('email', 'c@example.com', gen_random_uuid(), 1);
INSERT INTO wallet_private.barred_claim (claim_id) VALUES (gen_random_uuid());
INSERT INTO wallet_private.erased_chain (user_id, asset_id, seq)
VALUES (gen_random_uuid(), 1, 1);
INSERT INTO wallet_private.half_erased (user_id) VALUES (gen_random_uuid());
INSERT INTO wallet_private.cluster_checkpoint (checkpoint_ids) VALUES ('{1,1}');
INSERT INTO wallet_private.share_move (move_id, is_in, kind, code, amount, peer)
VALUES (gen_random_uuid(), true, 'supply', 'GOLD', 1, 1);

-- The constraint that a statement violates.
CREATE FUNCTION pg_temp.violated_by(p_sql text) RETURNS text
LANGUAGE plpgsql
SET search_path = wallet_private
AS $$
DECLARE
    v_constraint text;
BEGIN
    EXECUTE p_sql;
    SET CONSTRAINTS ALL IMMEDIATE;
    RETURN 'none';
EXCEPTION WHEN integrity_constraint_violation THEN
    GET STACKED DIAGNOSTICS v_constraint = CONSTRAINT_NAME;
    RETURN v_constraint;
END
$$;

CREATE TEMPORARY TABLE net AS
SELECT
    v.name,
    v.violation
FROM (
    VALUES
    ('kind_is_known_check', 'UPDATE transfer SET kind = ''GIFT'''),
    ('asset_code_is_upper_snake_case_check', 'UPDATE asset SET code = lower(code)'),
    ('asset_scale_is_0_to_8_check', 'UPDATE asset SET scale = 9'),
    ('asset_sign_up_bonus_is_positive_check', 'UPDATE asset SET sign_up_bonus = 0'),
    ('asset_supply_is_positive_check', 'UPDATE asset SET supply = 0'),
    ('asset_lot_order_is_known_check', 'UPDATE asset SET lot_order = ''first'''),
    ('asset_without_lots_does_not_expire_check', 'UPDATE asset SET expires_in = ''1 day'''),
    ('origin_is_known_check', 'UPDATE lot SET origin = ''stolen'''),
    ('quantity_is_not_negative_check', 'UPDATE lot SET remaining = -1'),
    ('supply_available_is_not_negative_check', 'UPDATE supply SET available = -1'),
    ('conversion_rate_amounts_are_positive_check', 'UPDATE conversion_rate SET to_amount = 0'),
    (
        'conversion_rate_assets_differ_check',
        'UPDATE conversion_rate SET to_asset_id = from_asset_id'
    ),
    ('task_cooldown_is_positive_check', 'UPDATE task SET cooldown = ''0'''),
    ('task_max_completions_is_positive_check', 'UPDATE task SET max_completions = 0'),
    ('task_reward_is_positive_check', 'UPDATE task SET reward = 0'),
    ('task_period_is_known_check', 'UPDATE task SET period = ''year'', time_zone = ''UTC'''),
    ('task_period_has_a_zone_check', 'UPDATE task SET period = ''day'''),
    ('limit_rule_measure_is_known_check', 'UPDATE limit_rule SET measure = ''weight'''),
    ('limit_rule_maximum_is_positive_check', 'UPDATE limit_rule SET maximum = 0'),
    ('limit_rule_direction_is_known_check', 'UPDATE limit_rule SET direction = ''up'''),
    ('limit_rule_period_is_known_check', 'UPDATE limit_rule SET period = ''year'''),
    ('limit_rule_has_one_time_check', 'UPDATE limit_rule SET rolling = ''1 day'''),
    ('limit_rule_period_has_a_zone_check', 'UPDATE limit_rule SET time_zone = NULL'),
    ('limit_rule_clips_a_balance_check', 'UPDATE limit_rule SET is_clipping = true'),
    ('limit_rule_asset_id_fkey', 'UPDATE limit_rule SET asset_id = 0'),
    (
        'limit_rule_code_key',
        'INSERT INTO limit_rule ('
        'code, asset_id, measure, maximum, direction, period, time_zone, is_clipping) '
        'SELECT code, asset_id, measure, maximum, direction, period, time_zone, false '
        'FROM limit_rule'
    ),
    ('item_max_per_user_is_positive_check', 'UPDATE item SET max_per_user = 0'),
    ('item_price_is_positive_check', 'UPDATE item SET price = 0'),
    ('item_stock_is_not_negative_check', 'UPDATE item SET stock = -1'),
    ('user_account_role_is_known_check', 'UPDATE user_account SET role = ''root'''),
    ('user_account_status_is_known_check', 'UPDATE user_account SET status = ''gone'''),
    ('quantity_is_not_negative_check', 'UPDATE wallet SET balance = -1'),
    ('quantity_is_not_negative_check', 'UPDATE wallet SET held = -1'),
    ('quantity_is_not_negative_check', 'UPDATE transfer SET balance_after = -1'),
    ('quantity_is_finite_check', 'UPDATE wallet SET balance = ''NaN'''),
    ('quantity_is_finite_check', 'UPDATE transfer SET balance_after = ''infinity'''),
    ('amount_is_finite_check', 'UPDATE asset SET supply = ''NaN'''),
    ('amount_is_finite_check', 'UPDATE hold SET amount = ''infinity'''),
    ('purchase_quantity_is_positive_check', 'UPDATE purchase SET quantity = 0, returned = 0'),
    ('purchase_returned_is_within_quantity_check', 'UPDATE purchase SET returned = 4'),
    (
        'hold_amount_is_positive_check',
        'UPDATE hold SET amount = 0, captured = 0, status = ''captured'''
    ),
    ('hold_captured_is_within_amount_check', 'UPDATE hold SET captured = 21'),
    ('hold_is_captured_when_used_up_check', 'UPDATE hold SET captured = 20'),
    ('hold_is_open_until_closed_check', 'UPDATE hold SET status = ''open'''),
    ('hold_status_is_known_check', 'UPDATE hold SET status = ''lost'''),
    ('hold_capture_amount_is_positive_check', 'UPDATE hold_capture SET amount = 0'),
    ('reversal_amount_is_positive_check', 'UPDATE reversal SET amount = 0'),
    ('campaign_budget_is_positive_check', 'UPDATE campaign SET budget = 0'),
    ('budget_available_is_not_negative_check', 'UPDATE budget SET available = -1'),
    ('budget_campaign_id_fkey', 'DELETE FROM campaign'),
    ('campaign_asset_id_fkey', 'UPDATE campaign SET asset_id = 0'),
    ('supply_asset_id_fkey', 'UPDATE supply SET asset_id = 0'),
    ('conversion_rate_from_asset_id_fkey', 'UPDATE conversion_rate SET from_asset_id = 0'),
    ('conversion_rate_to_asset_id_fkey', 'UPDATE conversion_rate SET to_asset_id = 0'),
    ('task_asset_id_fkey', 'UPDATE task SET asset_id = 0'),
    ('item_asset_id_fkey', 'UPDATE item SET asset_id = 0'),
    ('credential_user_id_fkey', 'UPDATE credential SET user_id = gen_random_uuid()'),
    ('wallet_asset_id_fkey', 'DELETE FROM asset WHERE code = ''COPPER'''),
    ('wallet_user_id_fkey', 'DELETE FROM user_account'),
    ('task_completion_task_id_fkey', 'DELETE FROM task'),
    ('purchase_item_id_fkey', 'DELETE FROM item'),
    ('hold_capture_hold_id_fkey', 'DELETE FROM hold'),
    ('checkpoint_head_checkpoint_id_fkey', 'DELETE FROM checkpoint'),
    (
        'campaign_code_key',
        'INSERT INTO campaign (code, asset_id) SELECT code, asset_id FROM campaign'
    ),
    ('asset_code_key', 'UPDATE asset SET code = ''GOLD'''),
    (
        'task_code_key',
        'INSERT INTO task (code, name, asset_id, reward) '
        'SELECT code, name, asset_id, reward FROM task'
    ),
    (
        'item_code_key',
        'INSERT INTO item (code, name, asset_id, price) '
        'SELECT code, name, asset_id, price FROM item'
    ),
    (
        'user_account_external_id_key',
        'INSERT INTO user_account (user_id, external_id) VALUES (gen_random_uuid(), ''bob'')'
    ),
    (
        'user_account_email_idx',
        'UPDATE user_account SET email = CASE name WHEN ''Bob'' THEN ''X@b'' ELSE ''x@B'' END'
    ),
    (
        'subscription_code_key',
        'INSERT INTO subscription (code, place) SELECT code, place FROM subscription'
    ),
    ('threshold_asset_id_fkey', 'UPDATE threshold SET asset_id = 0'),
    (
        'proposal_proposed_by_idempotency_key_key',
        'INSERT INTO proposal SELECT p.* FROM proposal AS q, jsonb_populate_record('
        'q, jsonb_build_object(''proposal_id'', gen_random_uuid())) AS p'
    ),
    ('proposal_user_id_fkey', 'UPDATE proposal SET user_id = gen_random_uuid()'),
    ('proposal_status_is_known_check', 'UPDATE proposal SET status = ''expired'''),
    ('proposal_result_is_of_approved_check', 'UPDATE proposal SET status = ''approved'''),
    ('webhook_status_is_known_check', 'UPDATE webhook SET status = ''away'''),
    (
        'webhook_subscription_id_fkey',
        'INSERT INTO webhook (subscription_id, url, secret, is_ordered) '
        'SELECT 0, url, secret, true FROM webhook'
    ),
    ('webhook_event_subscription_id_fkey', 'UPDATE webhook_event SET subscription_id = 0'),
    (
        'alert_code_key',
        'INSERT INTO alert (code, measure, asset_id, feed_position) '
        'SELECT code, measure, asset_id, 0 FROM alert'
    ),
    ('alert_asset_id_fkey', 'UPDATE alert SET asset_id = 0'),
    ('alert_campaign_id_fkey', 'UPDATE alert SET campaign_id = 0'),
    ('alert_measure_is_known_check', 'UPDATE alert SET measure = ''gravity'''),
    ('alert_direction_is_known_check', 'UPDATE alert SET direction = ''sideways'''),
    ('alert_crossing_alert_id_fkey', 'UPDATE alert_crossing SET alert_id = 0'),
    ('alert_lot_alert_id_fkey', 'UPDATE alert_lot SET alert_id = 0'),
    (
        'alert_event_event_id_key',
        'INSERT INTO alert_event ('
        'event_id, feed_position, alert, user_id, asset_id, value, details) '
        'SELECT event_id, feed_position, alert, user_id, asset_id, value, details '
        'FROM alert_event'
    ),
    ('alert_feed_is_one_row_check', 'UPDATE alert_feed SET is_only = false'),
    ('feed_is_one_row_check', 'UPDATE feed SET is_only = false'),
    ('fold_is_one_row_check', 'UPDATE fold SET is_only = false'),
    ('partition_partitions_is_a_power_of_two_check', 'UPDATE partition SET partitions = 3'),
    ('partition_number_is_below_partitions_check', 'UPDATE partition SET number = 2'),
    ('name_kind_is_known_check', 'UPDATE name SET kind = ''phone'''),
    ('share_move_kind_is_known_check', 'UPDATE share_move SET kind = ''task'''),
    ('share_move_amount_is_positive_check', 'UPDATE share_move SET amount = 0'),
    ('transfer_key_idx', 'UPDATE transfer SET idempotency_key = ''k'' WHERE leg = 1'),
    ('reversal_reversal_id_key', 'UPDATE reversal SET reversal_id = user_id'),
    (
        'refund_refund_id_key',
        'INSERT INTO refund SELECT user_id, user_id, signed_at, refund_id, 1, 1 FROM refund'
    ),
    ('refund_taken_is_within_refunded_check', 'UPDATE refund SET taken = refunded + 1'),
    ('debt_amount_is_positive_check', 'UPDATE debt SET amount = 0'),
    (
        'conversion_rate_current_idx',
        'INSERT INTO conversion_rate ('
        'from_asset_id, to_asset_id, from_amount, to_amount, created_by) '
        'SELECT from_asset_id, to_asset_id, 1, 1, created_by FROM conversion_rate'
    )
) AS v (name, violation);
INSERT INTO net
SELECT
    c.relname || '_pkey' AS name,
    format('INSERT INTO %1$I OVERRIDING SYSTEM VALUE SELECT * FROM %1$I', c.relname) AS violation
FROM pg_class AS c
WHERE c.relnamespace = 'wallet_private'::regnamespace AND c.relkind = 'r';
SELECT set_eq(
    $$
        SELECT c.conname::text FROM pg_constraint AS c
        WHERE c.connamespace IN ('wallet'::regnamespace, 'wallet_private'::regnamespace)
        AND c.contype <> 'n'
        UNION ALL
        SELECT c.relname::text
        FROM pg_index AS i INNER JOIN pg_class AS c ON c.oid = i.indexrelid
        WHERE c.relnamespace = 'wallet_private'::regnamespace AND i.indisunique
        AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = i.indexrelid)
    $$,
    'SELECT n.name FROM net AS n', 'no constraint was forgotten'
);
SELECT is(pg_temp.violated_by(n.violation), n.name, n.violation) FROM net AS n;

-- Every other field has a value.
SELECT set_eq(
    $$
        SELECT c.relname::text, a.attname::text
        FROM pg_class AS c INNER JOIN pg_attribute AS a ON a.attrelid = c.oid
        WHERE c.relnamespace = 'wallet_private'::regnamespace AND c.relkind = 'r'
        AND a.attnum > 0 AND NOT a.attisdropped AND NOT a.attnotnull
    $$,
    $$
        VALUES
        ('asset', 'feed_base'), ('asset', 'server_started_at'), ('wallet', 'feed_position'),
        ('fold', 'ranked_day'), ('feed', 'identity'), ('feed', 'own_identity'),
        ('name', 'user_id'), ('half_erased', 'external_id'), ('half_erased', 'email'),
        ('transfer', 'feed_position'), ('subscription', 'asset_ids'), ('subscription', 'kinds'),
        ('subscription', 'user_id'), ('subscription', 'acknowledged_at'),
        ('subscription', 'alerts'), ('alert_feed', 'place'), ('alert', 'campaign_id'),
        ('alert', 'user_id'), ('alert', 'direction'), ('alert', 'threshold'), ('alert', 'margin'),
        ('alert', 'is_share'), ('alert', 'within'), ('alert', 'outstanding'), ('alert', 'value'),
        ('alert', 'told_until_at'),
        ('webhook', 'old_secret'), ('webhook', 'old_secret_ends_at'), ('webhook', 'rest_ends_at'),
        ('webhook', 'claim'), ('webhook', 'claim_ends_at'), ('webhook', 'claimed_place'),
        ('webhook', 'claimed_events'), ('webhook', 'taken_at'),
        ('webhook_event', 'next_try_at'), ('webhook_event', 'tried_at'),
        ('webhook_event', 'status_code'), ('webhook_event', 'error'), ('webhook_event', 'claim'),
        ('webhook_event', 'claim_ends_at'),
        ('proposal', 'user_id'), ('proposal', 'reason'), ('proposal', 'decided_by'),
        ('proposal', 'decision_key'), ('proposal', 'decision_reason'), ('proposal', 'decided_at'),
        ('proposal', 'result'),
        ('asset', 'supply'), ('asset', 'sign_up_bonus'), ('asset', 'archived_at'),
        ('asset', 'lot_order'), ('asset', 'got_lots_at'), ('asset', 'expires_in'),
        ('task', 'expires_in'),
        ('campaign', 'expires_in'), ('hold', 'lots'), ('lot', 'expires_at'),
        ('conversion_rate', 'replaced_at'),
        ('task', 'max_completions'), ('task', 'cooldown'),
        ('item', 'stock'), ('item', 'max_per_user'),
        ('user_account', 'external_id'), ('user_account', 'name'), ('user_account', 'email'),
        ('user_account', 'phone'), ('user_account', 'status_reason'),
        ('user_account', 'tokens_revoked_at'),
        ('transfer', 'idempotency_key'), ('transfer', 'reference'), ('transfer', 'details'),
        ('transfer', 'metadata'), ('transfer', 'actor'), ('transfer', 'seal'),
        ('hold', 'closed_at'), ('campaign', 'budget'),
        ('budget', 'available'), ('task', 'period'), ('task', 'time_zone'),
        ('task_completion', 'period'), ('limit_rule', 'kinds'), ('limit_rule', 'origin'),
        ('limit_rule', 'period'), ('limit_rule', 'time_zone'), ('limit_rule', 'rolling')
    $$,
    'only these may be NULL'
);

SELECT * FROM finish();
ROLLBACK;
