-- A small economy to try things in. All of it goes through the API, and running it again adds
-- nothing. `pgwallet.demo_password_hash` may be set to let the three users log in.
DO $$
DECLARE
    v_hash text := nullif(current_setting('pgwallet.demo_password_hash', true), '');
    v_admin uuid;
    v_alice uuid;
    v_bob uuid;
BEGIN
    IF EXISTS (SELECT FROM wallet.list_assets() AS a WHERE a.asset = 'GOLD') THEN
        RETURN;
    END IF;
    PERFORM wallet.create_asset('SILVER', 'Silver');
    PERFORM wallet.create_asset('GOLD', 'Gold', 0, 1000000000, 100);
    PERFORM wallet.create_asset('DIAMOND', 'Diamond');
    PERFORM wallet.create_asset('POINTS', 'Loyalty points', 2);
    PERFORM wallet.set_conversion_rate('SILVER', 'GOLD', 50, 1);
    PERFORM wallet.set_conversion_rate('GOLD', 'DIAMOND', 50, 1);
    PERFORM wallet.create_task('tutorial', 'Finish the tutorial', 'SILVER', 100, 1);
    PERFORM wallet.create_task(
        'daily_login', 'Log in today', 'SILVER', 10, NULL, interval '1 day', true
    );
    PERFORM wallet.create_task('defeat_boss', 'Defeat a boss', 'SILVER', 50);
    PERFORM wallet.create_item('sword', 'Iron sword', 'GOLD', 30);
    PERFORM wallet.create_item('shield', 'Oak shield', 'GOLD', 45, NULL, 1);
    PERFORM wallet.create_item('crown', 'Crown of the season', 'GOLD', 500, 100, 1);

    v_admin := (wallet.create_user(
        p_name => 'Admin', p_email => 'admin@example.com', p_role => 'admin'
    )).user_id;
    v_alice := (wallet.create_user(p_name => 'Alice', p_email => 'alice@example.com')).user_id;
    v_bob := (wallet.create_user(p_name => 'Bob', p_email => 'bob@example.com')).user_id;
    IF v_hash IS NOT NULL THEN
        PERFORM wallet.set_password(u.user_id, v_hash)
        FROM unnest(ARRAY[v_admin, v_alice, v_bob]) AS u (user_id);
    END IF;
    PERFORM wallet.topup(v_alice, 'GOLD', 1000, 'demo-1', 'demo');
    PERFORM wallet.topup(v_alice, 'DIAMOND', 500, 'demo-2', 'demo');
    PERFORM wallet.topup(v_alice, 'POINTS', 5000, 'demo-3', 'demo');
    PERFORM wallet.topup(v_bob, 'GOLD', 500, 'demo-1', 'demo');
END
$$;
