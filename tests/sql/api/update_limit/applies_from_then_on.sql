BEGIN;
SELECT plan(13);
\ir ../../support/_limits.sql

SELECT limit_id FROM wallet.create_limit(
    'spent', 'COIN', 'amount', 100, 'debit', p_period => 'day'
) \gset
SELECT balance FROM wallet.spend(:'alice', 'COIN', 60, 'spend') \gset

SELECT is(
    (wallet.update_limit(:limit_id, 50, p_actor => 'olga')).maximum, 50::numeric, 'a lower maximum'
);
SELECT is(pg_temp.left(:'alice'), 'spent: 0', 'is passed already: nothing remains');
SELECT is(
    (wallet.get_balance(:'alice', 'COIN')).balance, 940::numeric, 'and nothing is taken back'
);
SELECT throws_ok(
    format('SELECT wallet.spend(%L, ''COIN'', 1, ''key'')', :'alice'), 'WA412',
    pg_temp.message('WA412'), 'it refuses more'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');
SELECT is((wallet.update_limit(:limit_id, 70)).maximum, 70::numeric, 'a higher maximum');
SELECT is(
    (wallet.spend(:'alice', 'COIN', 10, 'key')).amount, 10::numeric, 'allows more at once'
);
SELECT is(
    (wallet.update_limit(:limit_id, p_is_active => false)).is_active, false, 'it is switched off'
);
SELECT is((wallet.spend(:'alice', 'COIN', 500, 'much')).amount, 500::numeric, 'nothing is refused');
SELECT is_active FROM wallet.update_limit(:limit_id, p_is_active => true) \gset
SELECT throws_ok(
    format('SELECT wallet.spend(%L, ''COIN'', 1, ''key-2'')', :'alice'), 'WA412',
    pg_temp.message('WA412'), 'switched on again, it knows what it had counted'
);
SELECT transaction_id FROM wallet.reverse(:'alice', (
    SELECT t.transaction_id FROM wallet.transaction AS t
    WHERE t.idempotency_key = 'much'
), NULL, 'a refund', 'reversal') \gset
SELECT is(pg_temp.left(:'alice'), 'spent: 0', 'what it did not count gives nothing back');
SELECT is(
    (
        SELECT array_agg(a.actor ORDER BY a.action_id) FROM wallet.operator_action AS a
        WHERE a.name = 'update_limit' AND a.subject = 'spent'
    ),
    ARRAY['olga', current_user, current_user, current_user]::text[], 'each change is written down'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
