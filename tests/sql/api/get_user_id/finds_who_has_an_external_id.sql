BEGIN;
SELECT plan(9);
\ir ../../support/_economy.sql

SELECT is(wallet.get_user_id('alice'), :'alice', 'the user who has it');
SELECT is(wallet.get_user_id('closed'), :'closed', 'also of an account that is not active');
SELECT is(
    (wallet.spend(wallet.get_user_id('alice'), 'GOLD', 1, 'by external id')).user_id, :'alice',
    'it stands wherever a user_id is asked'
);

SELECT is(
    pg_temp.refusal_of(format('SELECT wallet.get_user_id(%L)', v.external_id)),
    (v.code, pg_temp.message_of(v.code), v.detail, v.hint)::pg_temp.refusal, v.what
) FROM (
    VALUES
    (NULL, 'WA101', 'external_id is missing.', 'Give it a value; null counts as none.', 'none'),
    (
        'carol', 'WA201', 'There is no user with the external id carol.',
        'wallet.find_user finds users by email or external id.', 'unknown'
    )
) AS v (external_id, code, detail, hint, what);
SELECT throws_ok(
    format('SELECT wallet.get_user_id(%L)', v.external_id), 'WA201', 'user not found', v.what
) FROM (
    VALUES
    ('Alice', 'in another case'),
    ('alice@example.com', 'an email address'),
    (:'alice', 'a user id'),
    ('', 'nothing')
) AS v (external_id, what);

SELECT * FROM finish();
ROLLBACK;
