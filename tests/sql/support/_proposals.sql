-- What _books.sql makes, and a call of each function that can be proposed: its arguments are
-- pg_temp.arguments_of(its name). :'bob' owes 9 SILVER, and pg_temp.proposed proposes as ada.
\ir _books.sql

SELECT transaction_id AS spent FROM wallet.spend(:'alice', 'GOLD', 30, 'spent') \gset
SELECT transaction_id AS paid FROM wallet.topup(:'bob', 'SILVER', 9, 'paid') \gset
SELECT balance FROM wallet.spend(:'bob', 'SILVER', 9, 'gone') \gset
SELECT debt FROM wallet.set_refunded(:'bob', :'paid', 9, '2026-01-01 00:00:00+00', 'debt') \gset
SELECT task_id FROM wallet.create_task('visit', 'Visit', 'GOLD', 1) \gset
SELECT campaign FROM wallet.create_campaign('SPRING', 'GOLD', 10) \gset

CREATE TEMPORARY TABLE stored_call AS
SELECT
    c.function,
    c.arguments::jsonb AS arguments
FROM (
    VALUES
    ('topup', format('{"user_id": "%s", "asset": "GOLD", "amount": 20}', :'alice')),
    ('bonus', format('{"user_id": "%s", "asset": "GOLD", "amount": "20"}', :'alice')),
    (
        'adjust',
        format(
            '{"user_id": "%s", "asset": "GOLD", "amount": -20, "reference": "r"}', :'alice'
        )
    ),
    (
        'reverse',
        format(
            '{"user_id": "%s", "transaction_id": "%s", "amount": 20, "reason": "r"}', :'alice',
            :'spent'
        )
    ),
    (
        'forgive_debt',
        format('{"user_id": "%s", "asset": "SILVER", "amount": null, "reason": "r"}', :'bob')
    ),
    (
        'create_task',
        '{"code": "boss", "name": "Boss", "asset": "GOLD", "reward": 20, "cooldown": 60,
          "is_self_service": true}'
    ),
    ('update_task', format('{"task_id": %s, "reward": 20}', :task_id)),
    (
        'set_conversion_rate',
        '{"from_asset": "SILVER", "to_asset": "GOLD", "from_amount": 60, "to_amount": 1}'
    ),
    ('create_campaign', '{"code": "EASTER", "asset": "GOLD", "budget": 20}'),
    ('change_budget', '{"campaign": "SPRING", "budget": 30}'),
    ('change_supply', '{"asset": "GOLD", "supply": 1020}'),
    ('set_threshold', '{"function": "bonus", "asset": "GOLD", "most": null}')
) AS c (function, arguments);

CREATE FUNCTION pg_temp.arguments_of(p_function text) RETURNS jsonb
LANGUAGE sql
STABLE
AS $$
    SELECT c.arguments FROM stored_call AS c WHERE c.function = p_function
$$;
CREATE FUNCTION pg_temp.proposed(p_function text, p_arguments jsonb, p_key text) RETURNS uuid
LANGUAGE sql
VOLATILE
AS $$
    SELECT p.proposal_id
    FROM wallet.propose(p_function, p_arguments, 'why', p_key, p_actor => 'ada') AS p
$$;
-- The call itself, by anybody.
CREATE FUNCTION pg_temp.direct_call(p_function text, p_change jsonb DEFAULT '{}') RETURNS text
LANGUAGE sql
STABLE
AS $$
    SELECT pg_temp.call(p_function, pg_temp.arguments_of(p_function) || p_change || CASE
        WHEN p_function IN ('topup', 'bonus', 'adjust', 'reverse', 'forgive_debt')
            THEN '{"idempotency_key": "directly"}'
        ELSE '{}'
    END::jsonb)
$$;
