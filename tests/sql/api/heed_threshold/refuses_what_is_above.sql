BEGIN;
SELECT plan(9);
\ir ../../support/_proposals.sql

SELECT count(*) AS thresholds FROM wallet.set_threshold('bonus', 'POINTS', 5) \gset
SELECT throws_ok(
    'SELECT wallet.heed_threshold(''bonus'', ''POINTS'', 5.01, false)', 'WA415',
    pg_temp.message('WA415'), 'more than the threshold is refused'
);
SELECT pg_temp.proposed('bonus', pg_temp.arguments_of('bonus'), 'pending') AS made \gset
SELECT pg_temp.proposed('bonus', pg_temp.arguments_of('bonus'), 'approved') AS made \gset
SELECT status FROM wallet.approve_proposal(:'made', 'fine', 'key', 'bob') \gset
SELECT throws_ok(
    'SELECT wallet.heed_threshold(''bonus'', ''POINTS'', 5.01, false)', 'WA415',
    pg_temp.message('WA415'), 'a proposal lets nothing through but its own call'
);
SELECT lives_ok(
    format('SELECT wallet.heed_threshold(%s)', v.arguments), v.description
) FROM (
    VALUES
    ('''bonus'', ''POINTS'', 5, false', 'as much is not'),
    ('''bonus'', ''POINTS'', 6, true', 'nor is a replay'),
    ('''topup'', ''POINTS'', 6, false', 'nor another function'),
    ('''bonus'', ''GOLD'', 6, false', 'nor another asset'),
    ('NULL, NULL, NULL, NULL', 'nor what was refused anyway')
) AS v (arguments, description);
SELECT is(
    (wallet.bonus(:'bob', 'POINTS', 50, 'service')).amount, 50.00, 'a service is not bound'
);
SELECT throws_ok(
    format(
        'SELECT m.* FROM wallet.bonus(%L, ''POINTS'', 50, ''operator'') AS m '
        'CROSS JOIN LATERAL wallet.heed_threshold(''bonus'', m.asset, m.amount, m.is_replay)',
        :'bob'
    ), 'WA415', pg_temp.message('WA415'), 'behind a movement it takes that back'
);

SELECT * FROM finish();
ROLLBACK;
