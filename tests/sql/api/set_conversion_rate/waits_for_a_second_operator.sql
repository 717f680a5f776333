BEGIN;
SELECT plan(3);
\ir ../../support/_proposals.sql

SELECT most FROM wallet.set_threshold('set_conversion_rate', 'GOLD', 0) \gset
SELECT is(
    pg_temp.refusal_of(pg_temp.direct_call('set_conversion_rate')),
    (
        'WA415', 'a second operator has to approve this',
        'set_conversion_rate of GOLD is above the threshold of 0.',
        'Propose it with wallet.propose. Somebody else approves it.'
    )::pg_temp.refusal,
    'more waits for a second operator'
);
SELECT lives_ok(
    format('SELECT wallet.approve_proposal(%L, ''fine'', ''key'', ''bob'')', pg_temp.proposed(
        'set_conversion_rate', pg_temp.arguments_of('set_conversion_rate'), 'key'
    )), 'and a second one lets it through'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
