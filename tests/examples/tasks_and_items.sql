-- Tasks and items: what is done pays a reward, what is bought costs a price; both have limits.
SELECT asset FROM wallet.create_asset('GOLD', 'Gold');
SELECT user_id AS alice FROM wallet.create_user('alice') \gset

SELECT task_id AS tutorial
FROM wallet.create_task('tutorial', 'Tutorial', 'GOLD', 100, p_max_completions => 1) \gset
SELECT task_id AS login
FROM wallet.create_task(
    'daily_login', 'Log in today', 'GOLD', 5, p_cooldown => '20 hours', p_is_self_service => true
) \gset
SELECT code, reward, max_completions, cooldown, is_self_service FROM wallet.list_tasks();

-- Your service reports what was done; a self-service task the user reports in person.
SELECT kind, amount, balance FROM wallet.complete_task(:'alice', :tutorial, 'tutorial');
SELECT kind, amount, balance
FROM wallet.complete_task(:'alice', :login, 'login-1', p_is_self => true);

-- Once is the limit of one, once in 20 hours that of the other; and users don't report the first.
SELECT wallet.complete_task(:'alice', :tutorial, 'tutorial-again');
SELECT amount FROM wallet.complete_task(:'alice', :login, 'login-2');
SELECT wallet.complete_task(:'alice', :tutorial, 'tutorial-self', p_is_self => true);

-- Items: 2 crowns in stock, 1 for each user.
SELECT item_id AS sword FROM wallet.create_item('sword', 'Iron sword', 'GOLD', 30) \gset
SELECT item_id AS crown
FROM wallet.create_item('crown', 'Crown', 'GOLD', 40, p_stock => 2, p_max_per_user => 1) \gset

-- A client sends the price that it showed: a new one is not charged unseen.
SELECT quantity, unit_price, amount, balance
FROM wallet.buy_item(:'alice', :crown, 1, p_expected_price => 40, p_idempotency_key => 'crown-1');
SELECT wallet.buy_item(:'alice', :sword, 1, 25, 'sword-1');
SELECT wallet.buy_item(:'alice', :crown, 1, 40, 'crown-2');
SELECT code, price, stock, max_per_user FROM wallet.list_items();
