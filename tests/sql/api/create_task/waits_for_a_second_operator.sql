BEGIN;
SELECT plan(4);
\ir ../../support/_proposals.sql

SELECT most FROM wallet.set_threshold('create_task', 'GOLD', 19) \gset
SELECT is(
    pg_temp.refusal_of(pg_temp.direct_call('create_task')),
    (
        'WA415', 'a second operator has to approve this',
        'create_task of 20 GOLD is above the threshold of 19.',
        'Propose it with wallet.propose. Somebody else approves it.'
    )::pg_temp.refusal,
    'more waits for a second operator'
);
SELECT lives_ok(pg_temp.direct_call('create_task', '{"reward": 19}'), 'as much as it may');
SELECT lives_ok(
    format('SELECT wallet.approve_proposal(%L, ''fine'', ''key'', ''bob'')', pg_temp.proposed(
        'create_task', pg_temp.arguments_of('create_task') || '{"code": "dragon"}', 'key'
    )), 'and a second one lets it through'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
