BEGIN;
SELECT plan(12);
\ir ../../support/_books.sql

CREATE TEMPORARY TABLE answer AS
SELECT r.* FROM wallet.set_conversion_rate('POINTS', 'SILVER', 0.25, 3, 'till-3') AS r;
SELECT rate_id AS first FROM answer \gset
SELECT is(
    (SELECT to_jsonb(a.*) - '{rate_id, created_at}'::text[] FROM answer AS a),
    '{"from_asset": "POINTS", "to_asset": "SILVER", "from_amount": 0.25, "to_amount": 3}'::jsonb,
    'the answer is the rate'
);
SELECT results_eq(
    'SELECT * FROM wallet.list_conversion_rates() AS r WHERE r.from_asset = ''POINTS''',
    'SELECT * FROM answer', 'which is listed alike'
);
SELECT is(
    (wallet.convert(:'alice', 'POINTS', 'SILVER', 0.50, 'key')).to_balance, 6::numeric,
    'and applies at once'
);

SELECT rate_id AS second FROM wallet.set_conversion_rate('POINTS', 'SILVER', 1, 2) \gset
SELECT isnt(:first, :second, 'a new rate has a new id');
SELECT results_eq(
    'SELECT r.rate_id, r.from_amount, r.to_amount FROM wallet.list_conversion_rates() AS r '
    'WHERE r.from_asset = ''POINTS''',
    format('VALUES (%s::bigint, 1.00, 2::numeric)', :second), 'and takes the place of the old one'
);
SELECT is(
    (wallet.convert(:'alice', 'POINTS', 'SILVER', 1, 'key-2')).to_balance, 8::numeric,
    'from then on it applies'
);
SELECT throws_ok(
    format(
        'SELECT wallet.convert(%L, %L, %L, 1, %L, %s)', :'alice', 'POINTS', 'SILVER', 'key-3',
        :first
    ),
    'WA306', 'the conversion rate has changed', 'who was quoted the old one is told so'
);
SELECT is(
    (wallet.convert(:'alice', 'POINTS', 'SILVER', 0.50, 'key')).rate_id, :first::bigint,
    'a receipt still names the old one'
);
SELECT throws_ok(
    format('SELECT wallet.convert(%L, %L, %L, 3, %L)', :'alice', 'SILVER', 'POINTS', 'key-3'),
    'WA207', 'conversion rate not found', 'the way back is another rate'
);
SELECT results_eq(
    $$
        SELECT nullif(o.actor, session_user COLLATE "default"), o.details ->> 'to_amount'
        FROM wallet.operator_action AS o
        WHERE o.subject = 'POINTS -> SILVER' ORDER BY o.action_id
    $$,
    $$VALUES ('till-3', '3'), (NULL, '2')$$, 'who set it is written down'
);
SELECT results_eq(
    'SELECT nullif(r.created_by, session_user COLLATE "default"), r.replaced_at IS NULL '
    'FROM wallet_private.conversion_rate AS r WHERE r.to_amount < 4 AND r.to_amount > 1 '
    'ORDER BY r.rate_id',
    'VALUES (''till-3'', false), (NULL, true)', 'both stay in the books, with who set them'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
