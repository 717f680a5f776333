BEGIN;
SELECT plan(13);
\ir ../../support/_proposals.sql

SELECT jsonb_build_object(
    'user_id', :'alice', 'asset', 'GOLD', 'amount', 7, 'reference', 'ticket 1', 'metadata', NULL
) AS arguments \gset
SELECT count(*) AS transfers FROM wallet_private.transfer \gset
SELECT * FROM wallet.propose(
    'bonus', :'arguments', 'a lost sword', 'key', '1 hour', 'ada'
) \gset made_
SELECT is(
    ARRAY[:'made_function', :'made_user_id', :'made_reason', :'made_proposed_by', :'made_status'],
    ARRAY['bonus', :'alice', 'a lost sword', 'ada', 'pending'], 'it says who proposes what, and why'
);
SELECT is(:'made_arguments'::jsonb, :'arguments'::jsonb, 'the arguments are kept as they were');
SELECT is(
    :'made_forecast'::jsonb - '{transaction_id,created_at}'::text[],
    jsonb_build_object(
        'kind', 'BONUS', 'user_id', :'alice', 'asset', 'GOLD', 'amount', '7', 'balance', '77',
        'reference', 'ticket 1', 'metadata', NULL, 'is_replay', false
    ),
    'the forecast is what the call would return, amounts as texts'
);
SELECT is(
    :'made_expires_at'::timestamptz - :'made_created_at'::timestamptz, interval '1 hour',
    'it expires when it was asked to'
);
SELECT is(:'made_is_replay'::boolean, false, 'it is new');
SELECT is(
    (SELECT count(*) FROM wallet_private.transfer), :transfers::bigint, 'nothing has moved'
);
SELECT is_empty(
    'SELECT FROM wallet_private.proposal AS p WHERE p.status = ''running''',
    'and no call is running'
);

SELECT is(
    (SELECT p.proposal_id || ' ' || p.is_replay FROM wallet.propose(
        'bonus', :'arguments', 'a lost sword', 'key', p_actor => 'ada'
    ) AS p), :'made_proposal_id' || ' true', 'the same key answers with the same proposal'
);
SELECT isnt(
    (SELECT p.proposal_id FROM wallet.propose(
        'bonus', :'arguments', 'a lost sword', 'key', p_actor => 'bob'
    ) AS p), :'made_proposal_id'::uuid, 'another''s key is another key'
);
SELECT is(
    (SELECT p.expires_at - p.created_at FROM wallet.propose(
        'bonus', :'arguments', 'why', 'key 2'
    ) AS p), interval '7 days', 'without a word it can be approved for 7 days'
);
SELECT is(
    (SELECT (p.user_id IS NULL)::text || ' ' || (p.forecast ->> 'supply') FROM wallet.propose(
        'change_supply', '{"asset": "GOLD", "supply": "2000"}', 'why', 'key 3'
    ) AS p), 'true 2000', 'what is about nobody has no user'
);
SELECT results_eq(
    'SELECT a.actor, a.name, a.details FROM wallet.operator_action AS a WHERE a.subject = '
    || quote_literal(:'made_proposal_id'),
    $$ VALUES ('ada', 'propose', '{"function": "bonus"}'::jsonb) $$,
    'the record has it, and nothing that may be personal'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
