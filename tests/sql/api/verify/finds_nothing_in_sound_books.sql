BEGIN;
SELECT plan(9);
\ir ../../support/_history.sql

SELECT is_empty('SELECT * FROM wallet.verify()', 'there is something of every kind');
SELECT is_empty(
    format('SELECT * FROM wallet.verify(%L)', v.user_id), 'and nothing to find of ' || v.name
) FROM (
    VALUES (:'alice', 'alice'), (:'bob', 'bob'), (:'frozen', 'a frozen account')
) AS v (user_id, name);
SELECT throws_ok(
    format('SELECT * FROM wallet.verify(%L)', :'nobody'), 'WA201', 'user not found',
    'a user has to be one'
);

-- Whatever a session shows its values like.
SET LOCAL bytea_output = 'escape';
SET LOCAL datestyle = 'German, DMY';
SET LOCAL intervalstyle = 'sql_standard';
SET LOCAL extra_float_digits = -15;
SET LOCAL timezone = 'Asia/Kathmandu';
SELECT is_empty('SELECT * FROM wallet.verify()', 'other settings find nothing either');
SELECT balance FROM wallet.spend(:'alice', 'GOLD', 1, 'elsewhere') \gset
RESET timezone;
RESET datestyle;
RESET bytea_output;
SELECT is_empty('SELECT * FROM wallet.verify()', 'nor what was done with them');

-- A hold that expires in the very statement in which that is looked at.
CREATE FUNCTION pg_temp.findings_at_expiry(p_user_id uuid) RETURNS bigint
LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM wallet.place_hold(p_user_id, 'GOLD', 1, '1 second', 'a second');
    CALL pg_temp.let_pass('1 second');
    PERFORM wallet.expire_holds();
    RETURN (SELECT count(*) FROM wallet.verify());
END
$$;
SELECT is(pg_temp.findings_at_expiry(:'alice'), 0::bigint, 'nor what has just expired');

CALL pg_temp.let_pass('1 year');
SELECT is_empty('SELECT * FROM wallet.verify()', 'and time changes nothing');

SELECT * FROM finish();
ROLLBACK;
