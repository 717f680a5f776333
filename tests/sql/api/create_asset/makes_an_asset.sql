BEGIN;
SELECT plan(9);
\ir ../../support/_books.sql

CREATE TEMPORARY TABLE answer AS
SELECT a.* FROM wallet.create_asset(
    'RUBY_2', 'Rubies', 8, 5000, 0.5, false, 'till-3', 'paid_first', '2 days', true
) AS a;
SELECT is(
    (SELECT to_jsonb(a.*) - 'created_at' FROM answer AS a),
    jsonb_build_object(
        'asset', 'RUBY_2', 'name', 'Rubies', 'scale', 8, 'supply', 5000, 'sign_up_bonus', 0.5,
        'is_purchasable', false, 'is_archived', false, 'lot_order', 'paid_first',
        'expires_in', '48:00:00', 'is_paid_expiring', true,
        'is_debt_blocking', false
    ),
    'the answer is the asset'
);
SELECT results_eq(
    'SELECT * FROM wallet.list_assets() AS a WHERE a.asset = ''RUBY_2''', 'SELECT * FROM answer',
    'which is listed alike'
);
SELECT is(
    (SELECT to_jsonb(a.*) - 'created_at' FROM wallet.create_asset('ZZ', 'Z') AS a),
    jsonb_build_object(
        'asset', 'ZZ', 'name', 'Z', 'scale', 0, 'supply', NULL, 'sign_up_bonus', NULL,
        'is_purchasable', true, 'is_archived', false, 'lot_order', NULL, 'expires_in', NULL,
        'is_paid_expiring', false,
        'is_debt_blocking', false
    ),
    'by default it is whole, uncapped, without a bonus, and can be bought'
);
SELECT results_eq(
    'SELECT * FROM wallet.treasury(''RUBY_2'')',
    'VALUES (''RUBY_2'', 0.00000000, 0.00000000, 5000.00000000, 5000.00000000)',
    'nothing of it is issued yet'
);
SELECT throws_ok(
    format('SELECT wallet.bonus(%L, %L, 5000.00000001, %L)', :'bob', 'RUBY_2', 'key'), 'WA402',
    'the supply is exhausted', 'its cap stands'
);
SELECT is(
    (wallet.bonus(:'bob', 'RUBY_2', 5000, 'key')).balance, 5000::numeric,
    'and all of it can be issued, also to users who were there before'
);
SELECT throws_ok(
    format('SELECT wallet.topup(%L, %L, 1, %L)', :'bob', 'RUBY_2', 'key-2'), 'WA502',
    'this is not allowed here', 'what is not purchasable has no top-ups'
);
SELECT results_eq(
    $$
        SELECT nullif(o.actor, session_user COLLATE "default"), o.name, o.subject
        FROM wallet.operator_action AS o
        WHERE o.subject IN ('RUBY_2', 'ZZ') ORDER BY o.action_id
    $$,
    $$
        VALUES
        ('till-3', 'create_asset', 'RUBY_2'),
        (NULL, 'create_asset', 'ZZ')
    $$,
    'who made it is written down, by default the session''s user'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
