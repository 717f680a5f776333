BEGIN;
SELECT plan(19);
\ir ../../support/_proposals.sql

SELECT pg_temp.proposed('adjust', pg_temp.arguments_of('adjust'), 'key') AS made \gset
SELECT jsonb_build_object(
    'proposal_id', :'made', 'reason', 'fine', 'idempotency_key', 'key', 'actor', 'bob'
) AS request \gset
SELECT throws_ok(
    pg_temp.call('approve_proposal', :'request'::jsonb || v.change), v.code,
    pg_temp.message(v.code), v.change::text
) FROM (
    VALUES
    ('{"proposal_id": null}'::jsonb, 'WA101'),
    ('{"reason": null}', 'WA101'),
    ('{"idempotency_key": null}', 'WA104'),
    ('{"reason": "a\nb"}', 'WA106'),
    ('{"actor": "a\nb"}', 'WA106'),
    (jsonb_build_object('proposal_id', :'nobody'), 'WA230'),
    ('{"actor": "ada"}', 'WA416')
) AS v (change, code);
CREATE ROLE ada;
GRANT wallet_operator TO ada;
SET SESSION AUTHORIZATION ada;
SELECT throws_ok(
    pg_temp.call('approve_proposal', :'request'), 'WA418',
    'this login can''t speak for another', 'who has proposed it can''t call himself bob'
);
SELECT throws_ok(
    pg_temp.call('approve_proposal', :'request'::jsonb - 'actor'), 'WA416',
    'nobody approves their own proposal', 'and is known by his login'
);
RESET SESSION AUTHORIZATION;

-- A call that is refused when it is run.
SELECT balance FROM wallet.spend(:'alice', 'GOLD', 60, 'meanwhile') \gset
SELECT throws_ok(
    pg_temp.call('approve_proposal', :'request'), 'WA401', pg_temp.message('WA401'),
    'the call says why it can''t be run'
);
SELECT is(
    (SELECT (p.status, p.decided_by) FROM wallet.list_proposals() AS p),
    ('pending'::text, NULL::text), 'and its proposal stays pending'
);
SELECT balance FROM wallet.bonus(:'alice', 'GOLD', 60, 'again') \gset
SELECT is(
    (SELECT p.status FROM wallet.approve_proposal(:'made', 'fine', 'key', 'bob') AS p), 'approved',
    'when it can be run, it is'
);
SELECT throws_ok(
    pg_temp.call('approve_proposal', :'request'::jsonb || v.change), v.code,
    pg_temp.message(v.code), v.change::text
) FROM (
    VALUES
    ('{"idempotency_key": "another"}'::jsonb, 'WA417'),
    ('{"actor": "carol"}', 'WA417'),
    ('{"actor": "ada"}', 'WA417')
) AS v (change, code);

SELECT pg_temp.proposed('bonus', pg_temp.arguments_of('bonus'), 'key 2') AS rejected \gset
SELECT status FROM wallet.reject_proposal(:'rejected', 'no', 'key', 'bob') \gset
SELECT throws_ok(
    format('SELECT wallet.approve_proposal(%L, ''fine'', ''key'', ''bob'')', :'rejected'), 'WA417',
    pg_temp.message('WA417'), 'what is rejected is never run, not with the same key either'
);
SELECT pg_temp.proposed('bonus', pg_temp.arguments_of('bonus'), 'key 3') AS late \gset
UPDATE wallet_private.proposal AS p SET expires_at = clock_timestamp()
WHERE p.proposal_id = :'late';
SELECT throws_ok(
    format('SELECT wallet.approve_proposal(%L, ''fine'', ''key'', ''bob'')', :'late'), 'WA417',
    pg_temp.message('WA417'), 'nor what has expired'
);
SELECT is(
    (
        SELECT count(*) FROM wallet_private.transfer AS t
        WHERE t.idempotency_key LIKE 'proposal:%'
    ), 1::bigint, 'one call was run'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
