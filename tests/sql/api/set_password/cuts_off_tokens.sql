BEGIN;
SELECT plan(2);
\ir ../../_setup.sql

SELECT count(*) AS passwords FROM wallet.set_password(:'alice', 'hash') \gset
SELECT ok(
    s.tokens_revoked_at BETWEEN now() AND clock_timestamp(), 'those of the password before'
) FROM wallet.get_token_state(:'alice') AS s;
SELECT is(s.tokens_revoked_at, NULL, 'others are left alone')
FROM wallet.get_token_state(:'bob') AS s;

SELECT * FROM finish();
ROLLBACK;
