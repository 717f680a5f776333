-- Accounts with ids as long as pgledger's own; the treasury is the one that may go below zero.
INSERT INTO pgledger_accounts (
    id, name, currency, balance, allow_negative_balance, allow_positive_balance, created_at,
    updated_at
)
SELECT
    'pgla_' || lpad(n::text, 26, '0'), 'user ' || n, 'SILVER', sign(n) * 1000000000, n = 0, true,
    now(), now()
FROM generate_series(0, :users) AS n;
