BEGIN;
SELECT plan(215);
\ir ../support/_roles.sql

-- Who may connect can make tables, functions and operators of his own, in a temporary schema or
-- another, and put them before those that are meant. These here tell when they are used.
SELECT budget FROM wallet.create_campaign('EASTER', 'GOLD', 80) \gset
SELECT user_id AS erased FROM wallet.create_user('to-erase') \gset
SELECT hold_id AS to_capture FROM wallet.place_hold(:'alice', 'GOLD', 5, '1 hour', 'a') \gset
SELECT hold_id AS to_release FROM wallet.place_hold(:'alice', 'GOLD', 5, '1 hour', 'b') \gset
SELECT transaction_id AS owed FROM wallet.bonus(:'bob', 'SILVER', 9, 'owed') \gset
SELECT balance FROM wallet.spend(:'bob', 'SILVER', 9, 'spent') \gset
SELECT debt FROM wallet.set_refunded(:'bob', :'owed', 9, '2026-01-01 00:00:00+00', 'debt') \gset
SELECT proposal_id AS to_approve FROM wallet.propose(
    'change_supply', '{"asset": "SILVER", "supply": 6000}', 'why', 'a', p_actor => 'ada'
) \gset
SELECT proposal_id AS to_reject FROM wallet.propose(
    'change_supply', '{"asset": "SILVER", "supply": 6000}', 'why', 'b', p_actor => 'ada'
) \gset
CREATE ROLE test_attacker;
GRANT wallet_gateway TO test_attacker;
GRANT wallet_operator TO test_attacker;
GRANT wallet_auditor TO test_attacker;
SELECT format('GRANT TEMPORARY ON DATABASE %I TO test_attacker', current_database()) \gexec
CREATE SCHEMA trap AUTHORIZATION test_attacker;
SET LOCAL ROLE test_attacker;
GRANT ALL ON SCHEMA trap TO public;
CREATE TABLE trap.sprung (by_whom text, what text);
CREATE SEQUENCE trap.counter;
GRANT ALL ON trap.sprung, trap.counter TO public;
CREATE FUNCTION trap.spring(p_what text) RETURNS text
LANGUAGE plpgsql
AS $$
BEGIN
    -- What is refused is undone, but a sequence remembers.
    PERFORM pg_catalog.nextval('trap.counter');
    INSERT INTO trap.sprung VALUES (current_user, p_what);
    RETURN p_what;
END
$$;
RESET ROLE;

-- A view in place of each private table; a function in place of each of PostgreSQL's whose name
-- stands before a bracket in any of ours; an operator in place of each on numbers and texts.
CREATE TEMPORARY TABLE snare AS
SELECT
    format(
        'CREATE TEMPORARY VIEW %I AS SELECT trap.spring(%1$L); GRANT ALL ON %1$I TO public',
        c.relname
    ) AS statement
FROM pg_class AS c
WHERE c.relnamespace = 'wallet_private'::regnamespace AND c.relkind = 'r';
INSERT INTO snare
SELECT
    format(
        'CREATE FUNCTION trap.%I(%s) RETURNS %s LANGUAGE sql AS '
        '$f$ SELECT trap.spring(%L); SELECT NULL::%3$s $f$',
        p.proname, pg_get_function_identity_arguments(p.oid), p.prorettype::regtype,
        p.oid::regprocedure
    ) AS statement
FROM pg_proc AS p
WHERE
    p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f' AND NOT p.proretset
    AND p.proallargtypes IS NULL
    AND NOT EXISTS (
        SELECT FROM pg_type AS t
        WHERE t.oid = any(p.proargtypes || p.prorettype) AND t.typtype = 'p'
    )
    AND p.proname IN (
        SELECT m.name[1]
        FROM pg_proc AS o
        CROSS JOIN LATERAL regexp_matches(o.prosrc, '\m([a-z_0-9]+) *\(', 'g') AS m (name)
        WHERE o.pronamespace IN ('wallet'::regnamespace, 'wallet_private'::regnamespace)
    );
INSERT INTO snare
SELECT
    format(
        'CREATE FUNCTION trap.operator_%s(%s, %s) RETURNS %s LANGUAGE sql AS '
        '$f$ SELECT trap.spring(%L); SELECT NULL::%4$s $f$; CREATE OPERATOR trap.%6$s '
        '(FUNCTION = trap.operator_%1$s, LEFTARG = %2$s, RIGHTARG = %3$s)',
        o.oid, o.oprleft::regtype, o.oprright::regtype, o.oprresult::regtype, o.oid::regoperator,
        o.oprname
    ) AS statement
FROM pg_operator AS o
WHERE
    o.oprnamespace = 'pg_catalog'::regnamespace AND o.oprleft = o.oprright
    AND o.oprleft::regtype::text IN (
        'numeric', 'text', 'uuid', 'bigint', 'integer', 'timestamp with time zone'
    )
    AND o.oprname IN ('=', '<>', '<', '<=', '>', '>=', '+', '-', '*', '/', '||', '~');
CREATE PROCEDURE pg_temp.lay()
LANGUAGE plpgsql
AS $$
DECLARE
    v_statement text;
BEGIN
    FOR v_statement IN SELECT s.statement FROM snare AS s LOOP
        EXECUTE 'SET LOCAL ROLE test_attacker; ' || v_statement;
        RESET ROLE;
    END LOOP;
END
$$;
CALL pg_temp.lay();
SELECT cmp_ok((SELECT count(*) FROM snare), '>', 140::bigint, 'there are traps enough');

-- A function that is not on its guard steps into each kind.
CREATE FUNCTION trap.careless() RETURNS bigint
LANGUAGE plpgsql
SECURITY DEFINER
AS $$
BEGIN
    PERFORM * FROM transfer;
    PERFORM length('a'::text);
    RETURN 1 + 1;
END
$$;
ALTER FUNCTION trap.careless() OWNER TO wallet_owner;
SET LOCAL search_path = trap, pg_catalog;
SELECT trap.careless() AS nothing \gset
RESET search_path;
SELECT set_eq(
    'SELECT s.by_whom, s.what FROM trap.sprung AS s',
    $$
        VALUES
        ('wallet_owner', 'transfer'), ('wallet_owner', 'length(text)'),
        ('wallet_owner', '+(integer,integer)')
    $$,
    'they work'
);
TRUNCATE trap.sprung;
SELECT setval('trap.counter', 1) AS counter \gset

-- Every function of ours is called by the attacker: to be answered, and to be refused.
SELECT count(*) AS subscriptions FROM (
    VALUES ('read'), ('acknowledged'), ('changed'), ('dropped'), ('sent'), ('told')
) AS v (code)
CROSS JOIN LATERAL wallet.create_subscription(v.code) \gset
SELECT count(*) AS alerts FROM (VALUES ('changed'), ('dropped')) AS v (code)
CROSS JOIN LATERAL wallet.create_alert(
    v.code, 'balance', 'GOLD', p_direction => 'below', p_threshold => 1
) \gset
SELECT subscription FROM wallet.create_webhook('sent', 'https://shop.example/') \gset
SELECT next_cursor FROM wallet.read_events('acknowledged') \gset
SELECT limit_id FROM wallet.create_limit('held', 'GOLD', 'balance', 1000) \gset
CREATE TEMPORARY TABLE attempt AS
SELECT
    p.proname AS function,
    format('SELECT wallet.%I(%s)', p.proname, v.arguments) AS call,
    format('SELECT wallet.%I(%s)', p.proname, (
        SELECT string_agg(format('NULL::%s', t.type::regtype), ', ')
        FROM unnest(p.proargtypes) AS t (type)
    )) AS call_with_nothing
FROM pg_proc AS p
LEFT JOIN (
    VALUES
    ('acknowledge_events', format('''acknowledged'', %L', :'next_cursor')),
    ('adjust', format('%L, ''GOLD'', 1, ''adjust'', ''why''', :'alice')),
    ('approve_proposal', format('%L, ''why'', ''approve''', :'to_approve')),
    ('bonus', format('%L, ''GOLD'', 1, ''bonus''', :'alice')),
    ('buy_item', format('%L, %s, 1, 10, ''buy_item''', :'alice', :'item_id')),
    ('capture_hold', format('%L, %L, NULL, ''capture_hold''', :'alice', :'to_capture')),
    ('change_budget', '''EASTER'', 90'),
    ('change_supply', '''SILVER'', 5000'),
    ('check_alerts', ''),
    ('checkpoint', ''),
    ('complete_task', format('%L, %s, ''complete_task''', :'alice', :'task_id')),
    ('consumption', format('%L, %L', :'alice', :'topup')),
    ('convert', format('%L, ''SILVER'', ''GOLD'', 50, ''convert''', :'alice')),
    (
        'create_alert',
        '''low'', ''balance'', ''GOLD'', p_direction => ''below'', p_threshold => 1'
    ),
    ('create_asset', '''RUBY'', ''Ruby'', 2, 100, 5'),
    ('create_campaign', '''SPRING'', ''GOLD'', 50'),
    ('create_item', '''bow'', ''Bow'', ''GOLD'', 1'),
    ('create_limit', '''spent'', ''GOLD'', ''amount'', 1000, ''debit'', p_period => ''day'''),
    ('create_subscription', '''warehouse'', ''{GOLD}'', ''{SPEND}'''),
    ('create_task', '''stay'', ''Stay'', ''GOLD'', 1'),
    ('create_user', '''carol'', ''Carol'', ''carol@example.com'''),
    ('create_webhook', '''told'', ''https://shop.example/'''),
    ('distribution', '''GOLD'''),
    ('drop_alert', '''dropped'''),
    ('drop_subscription', '''dropped'''),
    ('erase_user', format('%L, ''why''', :'erased')),
    ('expire_holds', ''),
    ('expire_lots', ''),
    ('find_user', '''alice'''),
    ('forgive_debt', format('%L, ''SILVER'', 1, ''why'', ''forgive''', :'bob')),
    ('get_balance', format('%L, ''GOLD''', :'alice')),
    ('get_balance_at', format('%L, ''GOLD'', ''now''', :'alice')),
    ('get_credential', '''alice@example.com'''),
    ('get_token_state', format('%L', :'alice')),
    ('get_feed_position', ''),
    ('get_transaction', format('%L, %L', :'alice', :'topup')),
    ('get_user', format('%L', :'alice')),
    ('get_user_id', '''alice'''),
    (
        'grant_batch',
        format(
            '''EASTER'', ARRAY[(%L, NULL, NULL, 1, NULL)::wallet.grant_request]', :'alice'
        )
    ),
    ('heed_threshold', '''bonus'', ''GOLD'', 1, false'),
    (
        'import_users',
        'ARRAY[(''erin'', ''Erin'', ''erin@example.com'', NULL)::wallet.user_request]'
    ),
    ('leaders', '''GOLD'''),
    ('liability', '''GOLD'''),
    ('list_actions', ''),
    ('list_assets', ''),
    ('list_campaigns', ''),
    ('list_checkpoints', ''),
    ('list_balances', format('%L', :'alice')),
    ('list_conversion_rates', ''),
    ('list_holds', format('%L, p_limit => 1', :'alice')),
    ('list_limit_use', format('%L, ''GOLD''', :'alice')),
    ('list_limits', ''),
    ('list_lots', format('%L, ''GOLD''', :'alice')),
    ('list_items', ''),
    ('list_proposals', ''),
    ('list_thresholds', ''),
    ('list_ledger_entries', format('%L, p_limit => 2', :'alice')),
    ('list_alerts', ''),
    ('list_subscriptions', ''),
    ('list_tasks', ''),
    ('list_transactions', format('%L, p_limit => 2', :'alice')),
    ('list_user_ids', '''{alice}'''),
    ('list_webhook_failures', '''sent'''),
    ('list_webhooks', ''),
    ('place_hold', format('%L, ''GOLD'', 1, ''1 hour'', ''place_hold''', :'alice')),
    (
        'post_batch',
        format(
            'ARRAY[(%L, ''BONUS'', ''GOLD'', 1, ''batch'', NULL, NULL)::wallet.request]', :'alice'
        )
    ),
    (
        'propose',
        format(
            '''bonus'', %L, ''why'', ''propose''',
            jsonb_build_object('user_id', :'alice', 'asset', 'GOLD', 'amount', 1)
        )
    ),
    ('read_events', '''read'''),
    ('read_news', format('ARRAY[1], ARRAY[%L::uuid], ARRAY[NULL], ARRAY[0]', :'alice')),
    ('rehash_password', format('%L, ''hash'', ''hash''', :'alice')),
    ('record_verification', '1, 0'),
    ('reject_proposal', format('%L, ''why'', ''reject''', :'to_reject')),
    ('release_hold', format('%L, %L, ''release_hold''', :'alice', :'to_release')),
    ('resend_webhook_events', '''sent'''),
    ('reverse', format('%L, %L, NULL, ''why'', ''reverse''', :'alice', :'spend')),
    ('revoke_tokens', format('%L', :'alice')),
    ('rotate_webhook_secret', '''sent'''),
    ('schema_version', ''),
    ('search_users', '''alice'''),
    ('set_conversion_rate', '''POINTS'', ''GOLD'', 1, 1'),
    ('set_password', format('%L, ''hash''', :'alice')),
    ('set_refunded', format('%L, %L, 8, ''2026-01-02 00:00:00+00''', :'bob', :'owed')),
    ('set_threshold', '''adjust'', ''GOLD'', 50'),
    ('set_user_status', format('%L, ''active''', :'alice')),
    ('settle_webhook_events', format('''sent'', %L, ''{}''', :'alice')),
    ('sign_up', '''Dave'', ''dave@example.com'', NULL, ''hash'''),
    ('spend', format('%L, ''GOLD'', 1, ''spend-2''', :'alice')),
    ('statement', format('%L, ''GOLD''', :'alice')),
    ('take_webhook_events', ''),
    ('topup', format('%L, ''GOLD'', 1, ''topup-2''', :'alice')),
    ('treasury', ''),
    ('update_alert', '''changed'', 2'),
    ('update_asset', '''SILVER'', ''Silver'''),
    ('update_limit', :'limit_id'),
    ('update_item', :'item_id' || ', ''Sword'''),
    ('update_subscription', '''changed'', ''{GOLD}'''),
    ('update_task', :'task_id' || ', ''Visit'''),
    ('update_webhook', '''sent'', p_status => ''paused'''),
    ('verify', ''),
    ('verify_checkpoint', '1, ''x'''),
    ('verify_page', ''),
    ('version', '')
) AS v (function, arguments) ON p.proname = v.function
WHERE p.pronamespace = 'wallet'::regnamespace;
CREATE FUNCTION pg_temp.code_of(p_call text) RETURNS text
LANGUAGE plpgsql
AS $$
BEGIN
    SET LOCAL ROLE test_attacker;
    SET LOCAL search_path = trap, pg_catalog;
    EXECUTE p_call;
    RESET search_path;
    RESET ROLE;
    RETURN 'none';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END
$$;
SELECT is(pg_temp.code_of(a.call), 'none', a.function || ' answers') FROM attempt AS a;
SELECT matches(
    pg_temp.code_of(a.call_with_nothing), '^(none|WA1..)$', a.function || ' refuses'
) FROM attempt AS a;
SELECT is_empty('SELECT * FROM trap.sprung', 'and none steps into a trap');
SELECT is(
    (SELECT c.last_value FROM trap.counter AS c), 1::bigint, 'not even for a moment'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
