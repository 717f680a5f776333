BEGIN;
SELECT plan(47);
\ir ../../support/_forgery.sql

-- Beyond what _history.sql has: a purchase of which nothing was returned, a hold that is open and
-- one that has expired.
SELECT transaction_id AS second_purchase
FROM wallet.buy_item(:'alice', :item_id, 2, 10, 'purchase-2') \gset
SELECT hold_id AS expired FROM wallet.place_hold(:'alice', 'GOLD', 3, '1 minute', 'expired') \gset
SELECT item_id AS bow FROM wallet.create_item('bow', 'Bow', 'GOLD', 10) \gset
SELECT task_id AS stay FROM wallet.create_task('stay', 'Stay', 'GOLD', 10) \gset
CALL pg_temp.let_pass('1 hour');
SELECT wallet.expire_holds() AS expired_holds \gset
SELECT hold_id AS open FROM wallet.place_hold(:'alice', 'GOLD', 4, '1 hour', 'open') \gset
CALL pg_temp.unlock();
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

-- Each field of a record, changed by who forgot the rest, and the check that finds it; NULL: any.
CREATE TEMPORARY TABLE forgery AS
SELECT
    v.record,
    v.field,
    v.value,
    v.found_by
FROM (
    VALUES
    ('purchase', 'user_id', quote_literal(:'bob'), 'purchase is backed by its transfer'),
    ('purchase', 'transaction_id', 'gen_random_uuid()', 'purchase is backed by its transfer'),
    ('purchase', 'item_id', :'bow', 'purchase is backed by its transfer'),
    ('purchase', 'quantity', 'quantity + 1', 'purchase is backed by its transfer'),
    ('purchase', 'returned', 'returned + 1', 'returned items were reversed'),
    ('purchase', 'unit_price', 'unit_price + 1', 'purchase is backed by its transfer'),
    ('purchase', 'purchased_at', 'purchased_at + interval ''1 hour''', NULL),
    ('task_completion', 'user_id', quote_literal(:'bob'), 'completion is backed by its transfer'),
    ('task_completion', 'task_id', :'stay', 'completion is backed by its transfer'),
    ('task_completion', 'ordinal', 'ordinal + 1', NULL),
    (
        'task_completion', 'transaction_id', 'gen_random_uuid()',
        'completion is backed by its transfer'
    ),
    ('task_completion', 'period', 'date ''2026-01-31''', 'completion is backed by its transfer'),
    ('task_completion', 'completed_at', 'completed_at - interval ''1 hour''', NULL),
    ('hold_capture', 'user_id', quote_literal(:'bob'), 'capture is backed by its transfer'),
    ('hold_capture', 'hold_id', quote_literal(:'open'), 'capture is backed by its transfer'),
    ('hold_capture', 'transaction_id', 'gen_random_uuid()', 'capture is backed by its transfer'),
    ('hold_capture', 'amount', 'amount + 1', 'capture is backed by its transfer'),
    ('hold_capture', 'captured_at', 'captured_at + interval ''1 hour''', NULL),
    ('reversal', 'user_id', quote_literal(:'bob'), 'reversal is backed by its transfer'),
    ('reversal', 'transaction_id', quote_literal(:'topup'), 'reversal is backed by its transfer'),
    ('reversal', 'reversal_id', 'gen_random_uuid()', 'reversal is backed by its transfer'),
    ('reversal', 'amount', 'amount - 1', 'reversal is backed by its transfer'),
    ('hold', 'user_id', quote_literal(:'bob'), 'hold is backed by its transfer'),
    ('hold', 'hold_id', 'gen_random_uuid()', 'hold is backed by its transfer'),
    ('hold', 'asset_id', '1 + asset_id % 3', 'held is what open holds hold'),
    ('hold', 'status', '''released'', closed_at = now()', 'held is what open holds hold'),
    ('hold', 'amount', 'amount + 1', 'hold is backed by its transfer'),
    ('hold', 'captured', 'captured + 1', 'captured is the sum of captures'),
    ('hold', 'expires_at', 'expires_at + interval ''1 hour''', 'hold is backed by its transfer'),
    (
        'hold', 'created_at',
        'created_at - interval ''1 day'', expires_at = expires_at - interval ''1 day''', NULL
    ),
    ('hold', 'closed_at', 'closed_at + interval ''1 hour''', NULL),
    ('hold', 'lots', '''[]''', 'hold has the lots of its transfer')
) AS v (record, field, value, found_by);
SELECT set_eq(
    'SELECT f.record, f.field FROM forgery AS f',
    'SELECT c.relname::text, a.attname::text FROM pg_attribute AS a '
    'INNER JOIN pg_class AS c ON c.oid = a.attrelid '
    'WHERE c.relnamespace = ''wallet_private''::regnamespace '
    'AND c.relname IN (SELECT f.record FROM forgery AS f) AND a.attnum > 0 AND NOT a.attisdropped',
    'no field was forgotten'
);
ALTER TABLE wallet_private.hold_capture DROP CONSTRAINT hold_capture_hold_id_fkey;
SELECT ok(
    CASE
        WHEN f.found_by IS NULL THEN a.checks <> '{}'
        ELSE a.checks @> ARRAY[f.found_by]
    END,
    format('%s: another %s is found', f.record, f.field)
) FROM forgery AS f
CROSS JOIN LATERAL pg_temp.found_after(format(
    'UPDATE wallet_private.%I SET %I = %s WHERE %s', f.record, f.field, f.value, CASE
        WHEN f.field = 'closed_at' THEN format('hold_id = %L', :'hold')
        WHEN f.record = 'hold' THEN format('hold_id = %L', :'open')
        ELSE 'true'
    END
)) AS a (checks);

SELECT is(pg_temp.missed_after(v.forgery, v.checks::text[]), '{}', v.description) FROM (
    VALUES
    (
        'a purchase that is gone',
        format('DELETE FROM wallet_private.purchase WHERE transaction_id = %L', :'second_purchase'),
        '{purchase is backed by its transfer}'
    ),
    (
        'a completion that is gone',
        'DELETE FROM wallet_private.task_completion', '{completion is backed by its transfer}'
    ),
    (
        'a reversal that is gone',
        format('DELETE FROM wallet_private.reversal WHERE reversal_id = %L', :'reversal_of_both'),
        '{reversal is backed by its transfer}'
    ),
    (
        'a reversal of items that is gone',
        format('DELETE FROM wallet_private.reversal WHERE reversal_id = %L', :'reversal'),
        '{returned items were reversed,reversal is backed by its transfer}'
    ),
    (
        'a reversal of more than there was',
        format(
            'INSERT INTO wallet_private.reversal SELECT user_id, transaction_id, %L, 101 '
            'FROM wallet_private.reversal WHERE reversal_id = %L', :'nobody', :'reversal_of_both'
        ),
        '{no more is reversed than there was,reversal is backed by its transfer}'
    ),
    (
        'a capture that is gone',
        'DELETE FROM wallet_private.hold_capture',
        '{capture is backed by its transfer,captured is the sum of captures}'
    ),
    (
        'a hold that is gone',
        format('DELETE FROM wallet_private.hold WHERE hold_id = %L', :'open'),
        '{held is what open holds hold,hold is backed by its transfer}'
    ),
    (
        'a hold that is gone, and what was held free',
        format('DELETE FROM wallet_private.hold WHERE hold_id = %L;', :'open')
        || 'UPDATE wallet_private.wallet SET held = 0',
        '{hold is backed by its transfer}'
    ),
    (
        'a hold that was there twice, and more held',
        format(
            'INSERT INTO wallet_private.hold SELECT user_id, %L, asset_id, status, amount, '
            'captured, expires_at, created_at, closed_at FROM wallet_private.hold '
            'WHERE hold_id = %L;', :'nobody', :'open'
        ) || 'UPDATE wallet_private.wallet SET held = 8 WHERE held = 4',
        '{hold is backed by its transfer}'
    )
) AS v (description, forgery, checks);
SELECT isnt(pg_temp.found_after(v.forgery), '{}', v.description || ' is found') FROM (
    VALUES
    (
        'more items for the same money',
        format(
            'UPDATE wallet_private.purchase SET quantity = 4, unit_price = 5 '
            'WHERE transaction_id = %L', :'second_purchase'
        )
    ),
    (
        'a hold that was released without a word',
        format(
            'UPDATE wallet_private.hold SET status = %L, closed_at = now() WHERE hold_id = %L;',
            'released', :'open'
        ) || 'UPDATE wallet_private.wallet SET held = 0'
    ),
    (
        'a hold that expired before its time',
        format(
            'UPDATE wallet_private.hold SET status = %L, closed_at = now() WHERE hold_id = %L;',
            'expired', :'open'
        ) || 'UPDATE wallet_private.wallet SET held = 0'
    ),
    (
        'a hold that was released and is open again',
        format(
            'UPDATE wallet_private.hold SET status = %L, closed_at = NULL WHERE hold_id = %L;',
            'open', :'hold'
        ) || 'UPDATE wallet_private.wallet SET held = 9 WHERE held = 4'
    )
) AS v (description, forgery);

SELECT * FROM finish();
ROLLBACK;
