BEGIN;
SELECT plan(5);
\ir ../../_setup.sql

SELECT status FROM wallet.set_user_status(:'bob', 'active') \gset
SELECT is(s.tokens_revoked_at, NULL, 'not of who stays active')
FROM wallet.get_token_state(:'bob') AS s;
SELECT status FROM wallet.set_user_status(:'alice', 'frozen') \gset
SELECT tokens_revoked_at AS once FROM wallet.get_token_state(:'alice') \gset
SELECT ok(
    :'once'::timestamptz BETWEEN now() AND clock_timestamp(), 'but of who is frozen'
);
SELECT status FROM wallet.set_user_status(:'alice', 'active') \gset
SELECT is(s.tokens_revoked_at, :'once', 'for good')
FROM wallet.get_token_state(:'alice') AS s;
SELECT status FROM wallet.set_user_status(:'alice', 'closed') \gset
SELECT ok(s.tokens_revoked_at > :'once', 'or closed')
FROM wallet.get_token_state(:'alice') AS s;
SELECT is(s.tokens_revoked_at, NULL, 'others are left alone')
FROM wallet.get_token_state(:'bob') AS s;

SELECT * FROM finish();
ROLLBACK;
