BEGIN;
SELECT plan(6);
\ir ../../support/_proposals.sql

SELECT most FROM wallet.set_threshold('reverse', 'GOLD', 19) \gset
SELECT is(
    pg_temp.refusal_of(pg_temp.direct_call('reverse')),
    (
        'WA415', 'a second operator has to approve this',
        'reverse of 20 GOLD is above the threshold of 19.',
        'Propose it with wallet.propose. Somebody else approves it.'
    )::pg_temp.refusal,
    'more waits for a second operator'
);
SELECT lives_ok(pg_temp.direct_call('reverse', '{"amount": 19}'), 'as much as it may');
SELECT lives_ok(
    pg_temp.direct_call('reverse', '{"amount": 19}'), 'and a replay of that is none'
);
SELECT transaction_id AS given FROM wallet.bonus(:'bob', 'GOLD', 20, 'given') \gset
SELECT balance FROM wallet.spend(:'bob', 'GOLD', 15, 'all but 5') \gset
SELECT throws_ok(
    format(
        'SELECT wallet.reverse(%L, %L, NULL, ''why'', ''key'', ''clamp'')', :'bob', :'given'
    ), 'WA415', pg_temp.message('WA415'), 'what it can''t take counts too'
);
SELECT lives_ok(
    format('SELECT wallet.approve_proposal(%L, ''fine'', ''key'', ''bob'')', pg_temp.proposed(
        'reverse', pg_temp.arguments_of('reverse') || '{"amount": null}', 'key'
    )), 'and a second one lets it through'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
