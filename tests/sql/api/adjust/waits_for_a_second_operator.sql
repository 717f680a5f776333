BEGIN;
SELECT plan(6);
\ir ../../support/_proposals.sql

SELECT most FROM wallet.set_threshold('adjust', 'GOLD', 19) \gset
SELECT is(
    pg_temp.refusal_of(pg_temp.direct_call('adjust')),
    (
        'WA415', 'a second operator has to approve this',
        'adjust of 20 GOLD is above the threshold of 19.',
        'Propose it with wallet.propose. Somebody else approves it.'
    )::pg_temp.refusal,
    'more waits for a second operator'
);
SELECT lives_ok(pg_temp.direct_call('adjust', '{"amount": 19}'), 'as much as it may');
SELECT lives_ok(
    pg_temp.direct_call('adjust', '{"amount": 19}'), 'and a replay of that is none'
);
SELECT is(
    (wallet.adjust(:'alice', 'POINTS', 50, 'key', 'r')).amount, 50.00,
    'another asset has none'
);
SELECT lives_ok(
    format('SELECT wallet.approve_proposal(%L, ''fine'', ''key'', ''bob'')', pg_temp.proposed(
        'adjust', pg_temp.arguments_of('adjust'), 'key'
    )), 'and a second one lets it through'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
