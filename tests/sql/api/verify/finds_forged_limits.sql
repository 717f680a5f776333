BEGIN;
SELECT plan(16);
\ir ../../support/_limits.sql

SELECT limit_id AS spent FROM wallet.create_limit(
    'spent', 'COIN', 'amount', 100, 'debit', p_period => 'day'
) \gset
SELECT limit_id AS times FROM wallet.create_limit(
    'times', 'COIN', 'count', 5, 'debit', p_rolling => interval '100 hours'
) \gset
SELECT limit_id AS cap FROM wallet.create_limit('cap', 'COIN', 'balance', 2000) \gset
SELECT limit_id AS free FROM wallet.create_limit(
    'free', 'STAR', 'amount', 100, 'debit', p_origin => 'free', p_period => 'day'
) \gset
SELECT balance FROM wallet.spend(:'alice', 'COIN', 60, 'spend') \gset
SELECT balance FROM wallet.spend(:'alice', 'COIN', 10, 'spend-2') \gset
SELECT balance FROM wallet.topup(:'alice', 'COIN', 500, 'topup') \gset
SELECT balance FROM wallet.spend(:'alice', 'STAR', 60, 'stars') \gset
SELECT hold_id FROM wallet.place_hold(:'alice', 'COIN', 20, '1 hour', 'hold') \gset
SELECT status FROM wallet.release_hold(:'alice', :'hold_id', 'release') \gset
SELECT transaction_id FROM wallet.reverse(:'alice', (
    SELECT t.transaction_id FROM wallet.transaction AS t
    WHERE t.idempotency_key = 'spend'
), 15, 'a refund', 'reversal') \gset
SELECT task_id FROM wallet.create_task('daily', 'Come by', 'SILVER', 1, p_period => 'day') \gset
SELECT amount FROM wallet.complete_task(:'alice', :task_id, 'task') \gset
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');
CALL pg_temp.unlock();

-- The checks that find something. All hashes are made anew: so it is not the chain that tells.
CREATE FUNCTION pg_temp.found_after(p_forgery text) RETURNS text[]
LANGUAGE plpgsql
AS $$
DECLARE
    v_checks text[];
BEGIN
    EXECUTE p_forgery;
    CALL pg_temp.rechain();
    v_checks := ARRAY(SELECT DISTINCT f.check FROM wallet.verify() AS f ORDER BY f.check);
    RAISE SQLSTATE 'PT000';
EXCEPTION WHEN SQLSTATE 'PT000' THEN
    RETURN v_checks;
END
$$;
CREATE FUNCTION pg_temp.forge(p_key text, p_field text, p_value text) RETURNS text
LANGUAGE sql
IMMUTABLE
AS $$
    SELECT format(
        'UPDATE wallet_private.transfer SET details = jsonb_set(details, '
        '''{result,limits,%s}'', %L) WHERE idempotency_key = %L', p_field, p_value, p_key
    )
$$;

SELECT is(pg_temp.found_after(v.forgery), v.checks, v.description) FROM (
    VALUES
    (
        'UPDATE wallet_private.limit_use SET used = used - 1 WHERE used = 55',
        '{what is used of a limit is what movements used}'::text[], 'less is used'
    ),
    (
        'DELETE FROM wallet_private.limit_use WHERE used > 0',
        '{what is used of a limit is what movements used}', 'nothing is used'
    ),
    (
        'UPDATE wallet_private.limit_use SET period = period - 1 WHERE used = 55',
        '{what is used of a limit is what movements used}', 'it was used a day before'
    ),
    (
        'INSERT INTO wallet_private.limit_use '
        'SELECT user_id, limit_id, period + 1, 5 FROM wallet_private.limit_use LIMIT 1',
        '{what is used of a limit is what movements used}', 'more was used on another day'
    ),
    (
        pg_temp.forge('spend', '1,use', '59'),
        '{a limit counts on from what was used,a movement counts as its limit says,'
        'what is used of a limit is what movements used}', 'a movement that counts for less'
    ),
    (
        pg_temp.forge('spend', '0,use', '0'),
        '{a limit counts on from what was used,a movement counts as its limit says,'
        'what is used of a limit is what movements used}', 'a movement that is none'
    ),
    (
        pg_temp.forge('spend-2', '1,used', '10'), '{a limit counts on from what was used}',
        'a movement that does not know of the one before'
    ),
    (
        pg_temp.forge('spend-2', '1,maximum', '69'), '{a limit is kept}',
        'a movement that passes a limit'
    ),
    (
        pg_temp.forge('topup', '0,used', '1'), '{a movement counts as its limit says}',
        'another balance than there was'
    ),
    (
        pg_temp.forge('topup', '0,maximum', '1'), '{a limit is kept}', 'a balance above the limit'
    ),
    (
        pg_temp.forge('stars', '0,use', '61'),
        '{a limit counts on from what was used,a movement counts as its limit says,'
        'what is used of a limit is what movements used}', 'more of an origin than was used'
    ),
    (
        'UPDATE wallet_private.transfer SET details = details #- ''{result,limits}'' '
        'WHERE idempotency_key = ''spend-2''',
        '{a limit counts on from what was used,what is used of a limit is what movements used}',
        'a movement that does not count'
    ),
    (
        'UPDATE wallet_private.wallet SET is_plain = true WHERE NOT is_plain',
        '{is_plain if nothing is special}', 'a wallet that pretends to have no limits'
    ),
    (
        'UPDATE wallet_private.asset SET is_limited = false WHERE code = ''COIN''',
        '{is_plain if nothing is special}', 'an asset that pretends to have none'
    ),
    (
        'UPDATE wallet_private.task_completion SET period = period - 1',
        '{completion is backed by its transfer}', 'a completion of another day'
    )
) AS v (forgery, checks, description);

SELECT * FROM finish();
ROLLBACK;
