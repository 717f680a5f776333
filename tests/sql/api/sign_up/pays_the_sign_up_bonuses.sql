BEGIN;
SELECT plan(14);
\ir ../../support/_economy.sql

SELECT count(*) AS bonuses FROM (
    VALUES ('GOLD', 450), ('POINTS', 2.5)
) AS v (asset, amount)
CROSS JOIN LATERAL wallet.update_asset(
    v.asset, p_sign_up_bonus => v.amount, p_is_purchasable => false
) \gset
SELECT count(*) AS archived FROM (
    VALUES ('COPPER', 7)
) AS v (asset, amount)
CROSS JOIN LATERAL wallet.update_asset(v.asset, p_sign_up_bonus => v.amount) \gset

CREATE TEMPORARY TABLE answer AS
SELECT s.* FROM wallet.sign_up('Carol', 'carol@example.com', NULL, 'hash') AS s;
SELECT user_id FROM answer \gset
SELECT results_eq(
    'SELECT b.asset, b.balance, b.held, b.available FROM answer AS a, unnest(a.balances) AS b',
    $$
        VALUES
        ('GOLD', 450::numeric, 0::numeric, 450::numeric),
        ('POINTS', 2.50, 0.00, 2.50),
        ('SILVER', 0, 0, 0)
    $$,
    'the balances of the answer have the bonuses; an archived asset gives none'
);
SELECT results_eq(
    format(
        'SELECT kind, asset, amount, idempotency_key, reference, actor FROM wallet.transaction '
        'WHERE user_id = %L ORDER BY asset', :'user_id'
    ),
    format(
        'VALUES (''BONUS'', ''GOLD'', 450::numeric, ''sign_up:GOLD'', ''sign_up'', %1$L), '
        '(''BONUS'', ''POINTS'', 2.50, ''sign_up:POINTS'', ''sign_up'', %1$L)', :'user_id'
    ),
    'each is a movement of its own, and the user''s own doing'
);
SELECT results_eq(
    format(
        'SELECT entry_type, account, asset, amount FROM wallet.ledger_entry '
        'WHERE user_id = %L ORDER BY asset, entry', :'user_id'
    ),
    $$
        VALUES
        ('DEBIT', 'TREASURY', 'GOLD', 450::numeric), ('CREDIT', 'USER', 'GOLD', 450),
        ('DEBIT', 'TREASURY', 'POINTS', 2.50), ('CREDIT', 'USER', 'POINTS', 2.50)
    $$,
    'the treasury pays'
);
SELECT is(
    (SELECT t.remaining FROM wallet.treasury('GOLD') AS t), 450::numeric,
    'it comes out of the cap'
);
SELECT throws_ok(
    format('SELECT wallet.spend(%L, %L, 450, %L)', :'user_id', 'GOLD', 'sign_up:GOLD'), 'WA301',
    'the idempotency key was used for another request', 'its key is taken'
);

SELECT user_id AS other
FROM wallet.sign_up('Dan', 'dan@example.com', NULL, 'hash', 'web-shop') \gset
SELECT results_eq(
    format('SELECT DISTINCT actor FROM wallet.transaction WHERE user_id = %L', :'other'),
    $$VALUES ('web-shop')$$, 'an actor that is given is kept'
);
SELECT is(
    (SELECT t.remaining FROM wallet.treasury('GOLD') AS t), 0::numeric,
    'the last of the cap can be had'
);
SELECT is((SELECT a.refused_bonuses FROM answer AS a), '{}', 'so far none was refused');
CREATE TEMPORARY TABLE late AS
SELECT s.* FROM wallet.sign_up('Eve', 'eve@example.com', NULL, 'hash') AS s;
SELECT results_eq(
    'SELECT b.asset, b.balance FROM late AS l, unnest(l.balances) AS b',
    $$VALUES ('GOLD', 0::numeric), ('POINTS', 2.50), ('SILVER', 0)$$,
    'who comes later is a user too, and gets the other bonus'
);
SELECT is(
    (SELECT l.refused_bonuses FROM late AS l), '{GOLD}', 'the answer says which was refused'
);
SELECT results_eq(
    'SELECT t.asset, t.amount FROM late AS l '
    'INNER JOIN wallet.transaction AS t ON l.user_id = t.user_id',
    $$VALUES ('POINTS', 2.50)$$, 'which left nothing in the history'
);
SELECT lives_ok(
    format('SELECT wallet.change_supply(''GOLD'', 1450)'), 'when the cap is raised'
);
SELECT results_eq(
    'SELECT s.refused_bonuses '
    'FROM wallet.sign_up(''Flo'', ''flo@example.com'', NULL, ''hash'') AS s',
    $$VALUES ('{}'::text[])$$, 'the bonus is paid again'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
