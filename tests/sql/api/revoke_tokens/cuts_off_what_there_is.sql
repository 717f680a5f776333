BEGIN;
SELECT plan(11);
\ir ../../support/_economy.sql

SELECT is(
    (SELECT to_jsonb(u.*) FROM wallet.revoke_tokens(:'alice', 'ops-7') AS u),
    (SELECT to_jsonb(u.*) FROM wallet.get_user(:'alice') AS u), 'it answers whose they were'
);
SELECT ok(
    s.tokens_revoked_at BETWEEN now() AND clock_timestamp(), 'what was issued before counts no more'
) FROM wallet.get_token_state(:'alice') AS s;
SELECT tokens_revoked_at AS once FROM wallet.get_token_state(:'alice') \gset
SELECT user_id AS again FROM wallet.revoke_tokens(:'alice') \gset
SELECT ok(s.tokens_revoked_at > :'once', 'and again')
FROM wallet.get_token_state(:'alice') AS s;
SELECT is(s.tokens_revoked_at, NULL, 'others are left alone')
FROM wallet.get_token_state(:'bob') AS s;
SELECT results_eq(
    format(
        'SELECT actor, details FROM wallet.operator_action '
        'WHERE subject = %L AND name = ''revoke_tokens'' ORDER BY action_id', :'alice'
    ),
    'VALUES (''ops-7'', ''{}''::jsonb), (session_user::text COLLATE "default", ''{}'')',
    'it is recorded who did it'
);
SELECT lives_ok(format('SELECT wallet.revoke_tokens(%L)', :'closed'), 'also of a closed account');

SELECT throws_ok(
    format('SELECT wallet.revoke_tokens(%L, %L)', v.user_id, v.actor),
    v.code, pg_temp.message_of(v.code), v.what
) FROM (
    VALUES
    (NULL, 'ops', 'WA101', 'no user'),
    (:'nobody', 'ops', 'WA201', 'an unknown user'),
    (:'bob', '', 'WA106', 'an empty actor'),
    (:'bob', E'ops\n7', 'WA106', 'an actor with a line break')
) AS v (user_id, actor, code, what);
SELECT is(s.tokens_revoked_at, NULL, 'then nothing changes')
FROM wallet.get_token_state(:'bob') AS s;

SELECT * FROM finish();
ROLLBACK;
