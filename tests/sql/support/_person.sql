-- What _books.sql makes, and :'zoe', whose name, requests and account hold the word Zoe wherever a
-- text can be written. pg_temp.empty takes what is left in her wallets; pg_temp.traces are the
-- tables in which the word is.
\ir _books.sql

SELECT user_id AS zoe
FROM wallet.create_user('Zoe-7', 'Zoe', 'Zoe@example.com', '+49 30 1234') \gset
SELECT set_password FROM wallet.set_password(:'zoe', 'hash of Zoe', 'Zoe-7') \gset
SELECT balance FROM wallet.topup(
    :'zoe', 'SILVER', 200, 'z-topup', 'bill of Zoe', '{"by": "Zoe"}', 'Zoe-7'
) \gset
SELECT balance FROM wallet.spend(:'zoe', 'SILVER', 10, 'z-spend') \gset
SELECT to_balance FROM wallet.convert(
    :'zoe', 'SILVER', 'GOLD', 50, 'z-convert', NULL, '{"for": "Zoe"}', 'Zoe-7'
) \gset
SELECT transaction_id AS z_bonus
FROM wallet.bonus(:'zoe', 'SILVER', 5, 'z-bonus', 'for Zoe') \gset
SELECT shortfall FROM wallet.reverse(
    :'zoe', :'z_bonus', NULL, 'Zoe asked', 'z-reverse', p_actor => :'zoe'
) \gset
SELECT hold_id AS z_hold
FROM wallet.place_hold(:'zoe', 'SILVER', 20, '1 hour', 'z-hold', 'order of Zoe') \gset
SELECT remaining FROM wallet.capture_hold(
    :'zoe', :'z_hold', 5, 'z-capture', '{"who": "Zoe"}', 'till of Zoe'
) \gset
SELECT status FROM wallet.release_hold(:'zoe', :'z_hold', 'z-release', '{"why": "Zoe"}') \gset
SELECT count(*) AS batched FROM wallet.post_batch(ARRAY[
    (:'zoe', 'BONUS', 'SILVER', 1, 'z-batch-1', 'Zoe again', '{"a": "Zoe"}'),
    (:'zoe', 'SPEND', 'SILVER', 1, 'z-batch-2', NULL, NULL),
    (:'zoe', 'BONUS', 'POINTS', 1, 'z-batch-3', 'Zoe once more', NULL)
]::wallet.request[], 'clerk of Zoe') \gset
SELECT proposal_id AS z_approved FROM wallet.propose(
    'bonus', jsonb_build_object(
        'user_id', :'zoe', 'asset', 'SILVER', 'amount', 1, 'reference', 'gift for Zoe',
        'metadata', jsonb_build_object('of', 'Zoe')
    ), 'Zoe lost it', 'z-proposal-1', p_actor => 'ops-7'
) \gset
SELECT status FROM wallet.approve_proposal(:'z_approved', 'Zoe is right', 'key', 'ops-8') \gset
SELECT proposal_id AS by_zoe FROM wallet.propose(
    'bonus', jsonb_build_object('user_id', :'bob', 'asset', 'SILVER', 'amount', 1), 'why',
    'z-proposal-2', p_actor => 'Zoe-7'
) \gset
SELECT status FROM wallet.reject_proposal(:'by_zoe', 'no', 'key', 'Zoe@example.com') \gset
SELECT status FROM wallet.set_user_status(:'zoe', 'frozen', 'Zoe was rude', 'ops-7') \gset
SELECT rate_id FROM wallet.set_conversion_rate('SILVER', 'GOLD', 50, 1, 'Zoe-7') \gset
SELECT subscription FROM wallet.create_subscription('parked') \gset
SELECT url FROM wallet.create_webhook('parked', 'https://shop.example/') \gset
INSERT INTO wallet_private.webhook_event (subscription_id, user_id, asset_id, seq, tries, error)
VALUES (
    (SELECT w.subscription_id FROM wallet_private.webhook AS w), :'zoe', 1, 1, 1, 'no Zoe here'
);

CREATE PROCEDURE pg_temp.empty(p_user_id uuid)
LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM wallet.adjust(
        b.user_id, b.asset, -b.balance, 'lapsed ' || b.asset, 'lapsed', NULL, 'Zoe''s agent'
    )
    FROM wallet.list_balances(p_user_id) AS b WHERE b.balance > 0;
END
$$;

CREATE FUNCTION pg_temp.traces(p_word text DEFAULT 'zoe') RETURNS SETOF text
LANGUAGE plpgsql
AS $$
DECLARE
    v_table regclass;
    v_is_there boolean;
BEGIN
    FOR v_table IN
        SELECT c.oid FROM pg_class AS c
        WHERE c.relnamespace = 'wallet_private'::regnamespace AND c.relkind = 'r'
        ORDER BY c.relname
    LOOP
        -- Idempotency keys stay, and so do migrations.
        EXECUTE format(
            'SELECT EXISTS (SELECT FROM %s AS r WHERE '
            '(to_jsonb(r) - ''idempotency_key'' - ''file_name'')::text ILIKE %L)',
            v_table, '%' || p_word || '%'
        ) INTO v_is_there;
        IF v_is_there THEN
            RETURN NEXT v_table::text;
        END IF;
    END LOOP;
END
$$;
