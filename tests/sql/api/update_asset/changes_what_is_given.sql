BEGIN;
SELECT plan(12);
\ir ../../support/_books.sql

SELECT to_jsonb(a.*) - 'created_at' AS ruby
FROM wallet.create_asset('RUBY', 'Ruby', 2, 5000, 5, true) AS a \gset

-- One after the other, each only what it names.
SELECT results_eq(
    format(
        'SELECT to_jsonb(r.*) - ''created_at'' FROM (%s) AS r',
        pg_temp.call('update_asset', '{"asset": "RUBY", "actor": "till-3"}'::jsonb || v.change)
    ),
    format('VALUES (%L::jsonb)', :'ruby'::jsonb || v.expected),
    format('after %s', v.change)
) FROM (
    VALUES
    ('{}'::jsonb, '{}'::jsonb),
    ('{"name": "Rubies"}', '{"name": "Rubies"}'),
    ('{"sign_up_bonus": 7.25}', '{"name": "Rubies", "sign_up_bonus": 7.25}'),
    (
        '{"is_purchasable": false}',
        '{"name": "Rubies", "sign_up_bonus": 7.25, "is_purchasable": false}'
    ),
    (
        '{"is_archived": true}',
        '{"name": "Rubies", "sign_up_bonus": 7.25, "is_purchasable": false, "is_archived": true}'
    ),
    (
        '{"sign_up_bonus": 0}',
        '{"name": "Rubies", "sign_up_bonus": null, "is_purchasable": false, "is_archived": true}'
    ),
    (
        '{"is_archived": false}',
        '{"name": "Rubies", "sign_up_bonus": null, "is_purchasable": false}'
    ),
    (
        '{"name": "R", "sign_up_bonus": 1, "is_purchasable": true, "is_archived": true}',
        '{"name": "R", "sign_up_bonus": 1.00, "is_archived": true}'
    )
) AS v (change, expected);

SELECT results_eq(
    'SELECT a.name, a.sign_up_bonus, a.is_archived FROM wallet.list_assets() AS a '
    'WHERE a.asset = ''RUBY''',
    'VALUES (''R'', 1.00, true)', 'the list shows it as it is now'
);
SELECT is(
    (
        SELECT count(*) FROM wallet.operator_action AS o
        WHERE o.name = 'update_asset' AND o.subject = 'RUBY' AND o.actor = 'till-3'
    ),
    8::bigint, 'who changed it is written down each time'
);
SELECT is(
    (
        SELECT o.details ->> 'name' FROM wallet.operator_action AS o
        ORDER BY o.action_id DESC LIMIT 1
    ),
    'R', 'with what it is then'
);
SELECT ok(
    NOT EXISTS (
        SELECT FROM wallet.operator_action AS o
        WHERE o.details ?| '{feed_base,server_started_at}'
    ),
    'and without what it has for the feed alone'
);

SELECT * FROM finish();
ROLLBACK;
