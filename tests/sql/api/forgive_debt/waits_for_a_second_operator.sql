BEGIN;
SELECT plan(4);
\ir ../../support/_proposals.sql

SELECT most FROM wallet.set_threshold('forgive_debt', 'SILVER', 8) \gset
SELECT is(
    pg_temp.refusal_of(pg_temp.direct_call('forgive_debt')),
    (
        'WA415', 'a second operator has to approve this',
        'forgive_debt of 9 SILVER is above the threshold of 8.',
        'Propose it with wallet.propose. Somebody else approves it.'
    )::pg_temp.refusal,
    'more waits for a second operator'
);
SELECT lives_ok(pg_temp.direct_call('forgive_debt', '{"amount": 8}'), 'as much as it may');
SELECT lives_ok(
    format('SELECT wallet.approve_proposal(%L, ''fine'', ''key'', ''bob'')', pg_temp.proposed(
        'forgive_debt', pg_temp.arguments_of('forgive_debt'), 'key'
    )), 'and a second one lets it through'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
