BEGIN;
SELECT plan(4);
\ir ../../support/_books.sql

SELECT
    checkpoint_id,
    root
FROM wallet.checkpoint('ada', 'end of the month') \gset
SELECT results_eq(
    'SELECT a.actor, a.name, a.subject, a.details FROM wallet.list_actions(p_limit => 1) AS a',
    format(
        'VALUES (''ada'', ''checkpoint'', %L, %L::jsonb)', :'checkpoint_id',
        jsonb_build_object('root', :'root', 'reason', 'end of the month')
    ),
    'the record says who made it, which and why'
);
SELECT throws_ok(
    pg_temp.call('checkpoint', v.change), 'WA106', pg_temp.message('WA106'), v.change::text
) FROM (
    VALUES
    ('{"actor": "a\nb"}'::jsonb),
    ('{"reason": "a\nb"}')
) AS v (change);
SELECT is(
    (SELECT count(*) FROM wallet.list_checkpoints()), 1::bigint, 'a refused one leaves nothing'
);

SELECT * FROM finish();
ROLLBACK;
