BEGIN;
SELECT plan(4);
\ir ../../support/_economy.sql

SELECT is(
    (SELECT to_jsonb(s.*) FROM wallet.get_token_state(v.user_id, v.external_id) AS s),
    jsonb_build_object(
        'user_id', :'alice', 'external_id', 'alice', 'status', 'active', 'tokens_revoked_at', NULL
    ),
    v.what
) FROM (
    VALUES
    (:'alice'::uuid, NULL, 'of a user'),
    (NULL, 'alice', 'or of who has an external id')
) AS v (user_id, external_id, what);
SELECT results_eq(
    format(
        'SELECT status, tokens_revoked_at > now() FROM wallet.get_token_state(%L)', :'frozen'
    ),
    'VALUES (''frozen'', true)', 'also of an account that is not active'
);
SELECT is_empty(
    format(
        'SELECT * FROM wallet.get_token_state(%L, %L) UNION ALL '
        'SELECT * FROM wallet.get_token_state()', :'nobody', 'Alice'
    ),
    'an unknown user is no error'
);

SELECT * FROM finish();
ROLLBACK;
