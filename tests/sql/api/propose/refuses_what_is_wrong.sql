BEGIN;
SELECT plan(26);
\ir ../../support/_proposals.sql

SELECT jsonb_build_object(
    'function', 'bonus', 'arguments', jsonb_build_object(
        'user_id', :'alice', 'asset', 'GOLD', 'amount', 7
    ), 'reason', 'why', 'idempotency_key', 'key'
) AS request \gset
SELECT pg_temp.proposed('bonus', :'request'::jsonb -> 'arguments', 'used') AS used \gset
SELECT throws_ok(
    pg_temp.call('propose', :'request'::jsonb || v.change), v.code, pg_temp.message(v.code),
    v.change::text
) FROM (
    VALUES
    ('{"function": null}'::jsonb, 'WA101'),
    ('{"arguments": null}', 'WA101'),
    ('{"reason": null}', 'WA101'),
    ('{"idempotency_key": null}', 'WA104'),
    ('{"idempotency_key": ""}', 'WA104'),
    ('{"reason": "a\nb"}', 'WA106'),
    ('{"actor": "a\nb"}', 'WA106'),
    ('{"expires_in": "0 seconds"}', 'WA109'),
    ('{"expires_in": "4000 days"}', 'WA109'),
    ('{"function": "spend"}', 'WA110'),
    ('{"function": "erase_user"}', 'WA110'),
    ('{"arguments": []}', 'WA130'),
    ('{"idempotency_key": "used", "actor": "ada", "reason": "another"}', 'WA301')
) AS v (change, code);
SELECT throws_ok(
    pg_temp.call('propose', jsonb_set(
        :'request', '{arguments}', :'request'::jsonb -> 'arguments' || v.change
    )), v.code, pg_temp.message(v.code), v.change::text
) FROM (
    VALUES
    ('{"actor": "carol"}'::jsonb, 'WA130'),
    ('{"idempotency_key": "mine"}', 'WA130'),
    ('{"colour": "red"}', 'WA130'),
    ('{"user_id": "alice"}', 'WA130'),
    ('{"amount": "1; DROP TABLE x"}', 'WA130'),
    ('{"expires_at": "soon"}', 'WA130'),
    ('{"user_id": null}', 'WA101'),
    ('{"amount": -1}', 'WA102'),
    ('{"asset": "LEAD"}', 'WA202'),
    ('{"amount": 5000}', 'WA402')
) AS v (change, code);
SELECT throws_ok(
    pg_temp.call('propose', jsonb_set(
        :'request', '{arguments,metadata}', jsonb_build_object('a', repeat('m', 8192))
    )), 'WA130', pg_temp.message('WA130'), 'arguments that are too large'
);

CREATE ROLE test_ada;
GRANT wallet_operator TO test_ada;
SET SESSION AUTHORIZATION test_ada;
SELECT throws_ok(
    pg_temp.call('propose', '{
        "function": "change_supply", "arguments": {"asset": "GOLD", "supply": 2000},
        "reason": "why", "idempotency_key": "key", "actor": "bob"
    }'), 'WA418', 'this login can''t speak for another', 'an operator''s login is who it is'
);
RESET SESSION AUTHORIZATION;
SELECT is(
    (SELECT count(*) FROM wallet.list_proposals()), 1::bigint, 'a refused request keeps nothing'
);

SELECT * FROM finish();
ROLLBACK;
