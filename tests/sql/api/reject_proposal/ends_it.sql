BEGIN;
SELECT plan(15);
\ir ../../support/_proposals.sql

SELECT pg_temp.proposed('bonus', pg_temp.arguments_of('bonus'), 'key') AS made \gset
SELECT jsonb_build_object(
    'proposal_id', :'made', 'reason', 'no', 'idempotency_key', 'key', 'actor', 'bob'
) AS request \gset
SELECT throws_ok(
    pg_temp.call('reject_proposal', :'request'::jsonb || v.change), v.code,
    pg_temp.message(v.code), v.change::text
) FROM (
    VALUES
    ('{"proposal_id": null}'::jsonb, 'WA101'),
    ('{"reason": null}', 'WA101'),
    ('{"idempotency_key": ""}', 'WA104'),
    ('{"reason": "a\nb"}', 'WA106'),
    (jsonb_build_object('proposal_id', :'nobody'), 'WA230')
) AS v (change, code);
CREATE ROLE test_ada;
GRANT wallet_operator TO test_ada;
SET SESSION AUTHORIZATION test_ada;
SELECT throws_ok(
    pg_temp.call('reject_proposal', :'request'), 'WA418', 'this login can''t speak for another',
    'an operator''s login is who it is'
);
RESET SESSION AUTHORIZATION;

SELECT is(
    (
        SELECT concat_ws(' ', p.status, p.decided_by, p.decision_reason, p.is_replay)
        FROM wallet.reject_proposal(:'made', 'no', 'key', 'bob') AS p
    ), 'rejected bob no f', 'it is rejected'
);
SELECT is(
    (
        SELECT concat_ws(' ', p.status, p.is_replay)
        FROM wallet.reject_proposal(:'made', 'no', 'key', 'bob') AS p
    ), 'rejected t', 'the same once more is a replay'
);
SELECT throws_ok(
    pg_temp.call('reject_proposal', :'request'::jsonb || v.change), 'WA417',
    pg_temp.message('WA417'), v.change::text
) FROM (
    VALUES ('{"actor": "carol"}'::jsonb), ('{"idempotency_key": "another"}')
) AS v (change);
SELECT pg_temp.proposed('bonus', pg_temp.arguments_of('bonus'), 'key 2') AS own \gset
SELECT is(
    (SELECT p.status FROM wallet.reject_proposal(:'own', 'a mistake', 'key', 'ada') AS p),
    'rejected', 'who has proposed it may take it back'
);
SELECT pg_temp.proposed('bonus', pg_temp.arguments_of('bonus'), 'key 3') AS run \gset
SELECT status FROM wallet.approve_proposal(:'run', 'fine', 'key', 'bob') \gset
SELECT throws_ok(
    pg_temp.call('reject_proposal', :'request'::jsonb || jsonb_build_object('proposal_id', :'run')),
    'WA417', pg_temp.message('WA417'), 'what was run is not rejected, not with the same key either'
);
SELECT is(
    (
        SELECT count(*) FROM wallet_private.transfer AS t
        WHERE t.idempotency_key LIKE 'proposal:%'
    ), 1::bigint, 'what is rejected was not run'
);
SELECT results_eq(
    $$
        SELECT a.actor FROM wallet.operator_action AS a WHERE a.name = 'reject_proposal'
        ORDER BY a.action_id
    $$,
    $$ VALUES ('bob'), ('ada') $$, 'the record says who rejected'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
