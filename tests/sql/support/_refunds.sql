-- What _lots.sql makes, and what tests of refunds need beyond it: pg_temp.notice, which states a
-- refund, signed so many seconds after the first of January, and says what came of it; and
-- pg_temp.state, which says what a user has and owes.
\ir _lots.sql

CREATE FUNCTION pg_temp.notice(
    p_user_id uuid,
    p_transaction_id uuid,
    p_refunded numeric,
    p_second integer,
    p_policy text DEFAULT 'reject'
) RETURNS text
LANGUAGE sql
VOLATILE
AS $$
    SELECT format(
        '%s %s%s%s', r.outcome, r.amount,
        CASE WHEN r.shortfall <> 0 THEN ', short ' || r.shortfall END,
        CASE WHEN r.owed <> 0 THEN ', owed ' || r.owed END
    )
    FROM wallet.set_refunded(
        p_user_id, p_transaction_id, p_refunded,
        timestamptz '2026-01-01 00:00:00+00' + make_interval(secs => p_second), p_policy
    ) AS r
$$;

CREATE FUNCTION pg_temp.state(p_user_id uuid, p_asset text) RETURNS text
LANGUAGE sql
STABLE
AS $$
    SELECT format('%s, owes %s', b.balance, b.debt) FROM wallet.get_balance(p_user_id, p_asset) AS b
$$;
