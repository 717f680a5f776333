BEGIN;
SELECT plan(1);
\ir ../../support/_books.sql

-- A user may have the name of an operator.
SELECT name FROM wallet.create_task('wave', 'Wave', 'GOLD', 1, p_actor => 'Ada') \gset
SELECT user_id AS namesake FROM wallet.create_user('player-9', 'Ada', p_actor => 'Ada') \gset
SELECT status FROM wallet.erase_user(:'namesake', 'ticket 9', 'Ada') \gset
SELECT is(
    (
        SELECT array_agg(a.name ORDER BY a.name)
        FROM wallet_private.action AS a
        WHERE a.actor = 'Ada'
    ),
    '{create_task,create_user,erase_user}', 'the record still says what the operator did'
);

SELECT * FROM finish();
ROLLBACK;
