BEGIN;
SELECT plan(1);
\ir ../../support/_books.sql

SELECT asset AS ruby
FROM wallet.create_asset('RUBY', 'Ruby', 2, 5000, 5, true) \gset

-- One after the other, each only what it names.
SELECT is(
    (
        SELECT to_jsonb(r.*) - 'created_at'
        FROM jsonb_to_record(v.change) AS c (
            name text, sign_up_bonus numeric, is_purchasable boolean, is_archived boolean
        )
        CROSS JOIN LATERAL wallet.update_asset(
            'RUBY', c.name, c.sign_up_bonus, c.is_purchasable, c.is_archived, 'till-3'
        ) AS r
    ),
    jsonb_build_object(
        'asset', 'RUBY', 'name', v.name, 'scale', 2, 'supply', 5000, 'sign_up_bonus', v.bonus,
        'is_purchasable', v.is_purchasable, 'is_archived', v.is_archived
    ),
    'after ' || v.change
) FROM (
    VALUES
    ('{}'::jsonb, 'Ruby', 5, true, false),
    ('{"name": "Rubies"}', 'Rubies', 5, true, false),
    ('{"sign_up_bonus": 7.25}', 'Rubies', 7.25, true, false),
    ('{"is_purchasable": false}', 'Rubies', 7.25, false, false),
    ('{"is_archived": true}', 'Rubies', 7.25, false, true),
    ('{}', 'Rubies', 7.25, false, true),
    ('{"sign_up_bonus": 0}', 'Rubies', NULL, false, true),
    ('{"is_archived": false}', 'Rubies', NULL, false, false),
    (
        '{"name": "R", "sign_up_bonus": 1, "is_purchasable": true, "is_archived": true}',
        'R', 1, true, true
    )
) AS v (change, name, bonus, is_purchasable, is_archived);

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
    9::bigint, 'who changed it is written down each time'
);
SELECT is(
    (
        SELECT o.details ->> 'name' FROM wallet.operator_action AS o
        ORDER BY o.action_id DESC LIMIT 1
    ),
    'R', 'with what it is then'
);

SELECT * FROM finish();
ROLLBACK;
