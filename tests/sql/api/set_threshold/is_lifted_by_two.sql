BEGIN;
SELECT plan(22);
\ir ../../support/_proposals.sql

SELECT jsonb_build_object('function', 'bonus', 'asset', 'POINTS', 'most', 5) AS request \gset
SELECT throws_ok(
    pg_temp.call('set_threshold', :'request'::jsonb || v.change), v.code,
    pg_temp.message(v.code), v.change::text
) FROM (
    VALUES
    ('{"function": null}'::jsonb, 'WA101'),
    ('{"asset": null}', 'WA101'),
    ('{"most": -1}', 'WA102'),
    ('{"most": 0.001}', 'WA103'),
    ('{"most": 1000000000000001}', 'WA105'),
    ('{"actor": "a\nb"}', 'WA106'),
    ('{"reason": "a\nb"}', 'WA106'),
    ('{"function": "spend"}', 'WA110'),
    ('{"function": "set_threshold"}', 'WA110'),
    ('{"asset": "LEAD"}', 'WA202')
) AS v (change, code);
SELECT is_empty('SELECT * FROM wallet.list_thresholds()', 'a refused request sets nothing');
SELECT is(
    wallet.set_threshold('bonus', 'POINTS', NULL), ('bonus', 'POINTS', NULL)::wallet.threshold,
    'what is not there may be taken away'
);
SELECT is(
    wallet.set_threshold('bonus', 'POINTS', 5, 'ada'), ('bonus', 'POINTS', 5)::wallet.threshold,
    'one operator sets it'
);
SELECT is((wallet.set_threshold('bonus', 'POINTS', 4)).most, 4.00, 'and lowers it');
SELECT throws_ok(
    pg_temp.call('set_threshold', :'request'::jsonb || v.change), 'WA415',
    pg_temp.message('WA415'), v.change::text
) FROM (VALUES ('{"most": 4.01}'::jsonb), ('{"most": null}')) AS v (change);
SELECT is((wallet.set_threshold('bonus', 'GOLD', 9)).most, 9::numeric, 'others are as free');

SELECT pg_temp.proposed('set_threshold', :'request'::jsonb || '{"most": "6"}', 'key') AS up \gset
SELECT is(
    (SELECT p.result ->> 'most' FROM wallet.approve_proposal(:'up', 'fine', 'key', 'bob') AS p),
    '6.00', 'two operators raise it'
);
SELECT pg_temp.proposed(
    'set_threshold', :'request'::jsonb || '{"most": null}', 'key 2'
) AS off \gset
SELECT is(
    (SELECT p.status FROM wallet.approve_proposal(:'off', 'fine', 'key', 'bob') AS p), 'approved',
    'and take it away'
);
SELECT is((wallet.set_threshold('bonus', 'POINTS', 0)).most, 0::numeric, '0 makes each call wait');
SELECT results_eq(
    $$
        SELECT a.actor, a.subject, a.details -> 'before', a.details -> 'most'
        FROM wallet.operator_action AS a
        WHERE a.name = 'set_threshold' AND a.actor = 'ada'
        ORDER BY a.action_id
    $$,
    $$
        VALUES
        ('ada', 'POINTS', 'null'::jsonb, '5.00'::jsonb), ('ada', 'POINTS', '4.00', '6.00'),
        ('ada', 'POINTS', '6.00', 'null')
    $$, 'the record has each change'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
