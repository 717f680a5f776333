BEGIN;
SELECT plan(9);
\ir ../../support/_books.sql

SELECT
    checkpoint_id,
    root
FROM wallet.checkpoint() \gset
SELECT throws_ok(
    pg_temp.call(
        'verify_checkpoint',
        jsonb_build_object('checkpoint_id', :checkpoint_id, 'root', :'root') || v.change
    ),
    v.code, pg_temp.message(v.code), v.change::text
) FROM (
    VALUES
    ('{"checkpoint_id": null}'::jsonb, 'WA101'),
    ('{"root": null}', 'WA101')
) AS v (change, code);

-- A checkpoint that there is not proves nothing, even with the root of one that there is.
SELECT isnt_empty(
    format('SELECT * FROM wallet.verify_checkpoint(%s, %L)', v.id, v.root),
    format('%s: checkpoint %s has no such root', left(v.root, 8), v.id)
) FROM (
    VALUES
    (:'checkpoint_id', ''),
    (:'checkpoint_id', 'x'),
    (:'checkpoint_id', upper(:'root')),
    ('0', :'root'),
    ('0', encode(sha256(''), 'hex')),
    ('999999', :'root')
) AS v (id, root);
SELECT is_empty(
    format('SELECT * FROM wallet.verify_checkpoint(%s, %L)', :checkpoint_id, :'root'),
    'the root itself is good'
);

SELECT * FROM finish();
ROLLBACK;
