BEGIN;
SELECT plan(43);
\ir ../../support/_proposals.sql

SELECT set_eq(
    'SELECT c.function FROM stored_call AS c', 'SELECT unnest(wallet_private.proposable())',
    'there is a call of each function'
);
-- What a function sets is not small enough for one operator alone, and is for two.
SELECT count(*) AS thresholds
FROM stored_call AS c
CROSS JOIN unnest('{GOLD,SILVER}'::text[]) AS a (asset)
CROSS JOIN LATERAL wallet.set_threshold(c.function, a.asset, 0)
WHERE c.function <> 'set_threshold' \gset

CREATE TEMPORARY TABLE made AS
SELECT
    c.function,
    pg_temp.proposed(c.function, c.arguments, c.function) AS proposal_id
FROM stored_call AS c;
CREATE TEMPORARY TABLE approved AS
SELECT a.* FROM made AS m
CROSS JOIN LATERAL wallet.approve_proposal(m.proposal_id, 'fine', 'key', 'bob') AS a;
SELECT is(
    concat_ws(' ', a.status, a.decided_by, a.decision_reason, a.is_replay), 'approved bob fine f',
    a.function || ' is approved'
) FROM approved AS a;
-- What happens at a moment differs from what was foretold, and what others have done meanwhile.
SELECT is(
    (SELECT count(*) FROM jsonb_object_keys(a.result)),
    (SELECT count(*) FROM jsonb_object_keys(a.forecast)), a.function || ' has a result'
) FROM approved AS a;
SELECT is(
    (SELECT p.result FROM wallet.approve_proposal(m.proposal_id, 'fine', 'key', 'bob') AS p),
    a.result, m.function || ' is not run again'
) FROM made AS m INNER JOIN approved AS a ON m.proposal_id = a.proposal_id;

SELECT results_eq(
    $$
        SELECT t.kind::text, t.amount::numeric, t.actor FROM wallet_private.transfer AS t
        WHERE t.idempotency_key LIKE 'proposal:%'
        ORDER BY t.kind::text
    $$,
    $$
        VALUES
        ('ADJUST', -20::numeric, 'ada'), ('BONUS', 20, 'ada'), ('FORGIVE', 0, 'ada'),
        ('REVERSAL', 20, 'ada'), ('TOPUP', 20, 'ada')
    $$, 'each movement was made once, and its actor is who proposed it'
);
SELECT is(
    (
        SELECT t.idempotency_key::text
        FROM wallet_private.transfer AS t
        WHERE
            t.kind = 'BONUS'
            AND t.actor = 'ada'
    ),
    (
        SELECT 'proposal:' || m.proposal_id FROM made AS m
        WHERE m.function = 'bonus'
    ),
    'its key is made of the proposal'
);
SELECT is(
    (
        SELECT t.cooldown FROM wallet.list_tasks() AS t
        WHERE t.code = 'boss'
    ), interval '1 minute',
    'a duration may be in seconds'
);
SELECT is(
    (
        SELECT count(*)
        FROM wallet.operator_action AS a
        WHERE
            a.name = 'approve_proposal'
            AND a.actor = 'bob'
    ), 12::bigint, 'the record says who approved'
);
SELECT is_empty(
    'SELECT FROM wallet.list_thresholds() AS t WHERE t.function = ''bonus'' AND t.asset = ''GOLD''',
    'two operators may take a threshold away'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
