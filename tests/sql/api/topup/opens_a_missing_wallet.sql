BEGIN;
SELECT plan(6);
\ir ../../support/_economy.sql

SELECT asset FROM wallet.create_asset('RUBY', 'Ruby', p_supply => 10) \gset

CREATE TEMPORARY TABLE answer AS
SELECT r.* FROM wallet.topup(:'bob', 'RUBY', 3, 'key') AS r;
SELECT is(
    (SELECT a.balance FROM answer AS a), 3::numeric,
    'a user can have an asset that is younger than he is'
);
SELECT ok(
    (SELECT a.created_at BETWEEN now() AND clock_timestamp() FROM answer AS a),
    'the receipt says when'
);
SELECT throws_ok(
    format('SELECT wallet.topup(%L, %L, 8, %L)', :'bob', 'RUBY', 'key-2'), 'WA402',
    'the supply is exhausted', 'up to its cap'
);
SELECT is(
    (SELECT b.balance FROM wallet.get_balance(:'alice', 'RUBY') AS b), 0::numeric,
    'others have none of it'
);
SELECT throws_ok(
    format('SELECT wallet.topup(%L, %L, 1, %L)', :'frozen', 'RUBY', 'key'), 'WA501',
    'the account is not active', 'a frozen account does not get it either'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
