-- The usual way: an account row for each user and one for the treasury of each asset, two ledger
-- entries for each movement, and a table of idempotency keys.
CREATE SCHEMA seeds;
CREATE TABLE seeds.account (
    account_id uuid PRIMARY KEY,
    is_treasury boolean NOT NULL,
    asset text NOT NULL,
    balance numeric NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    CHECK (is_treasury OR balance >= 0)
);
CREATE TABLE seeds.ledger_entry (
    entry_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    transaction_id uuid NOT NULL,
    account_id uuid NOT NULL REFERENCES seeds.account,
    entry_type text NOT NULL CHECK (entry_type IN ('DEBIT', 'CREDIT')),
    kind text NOT NULL,
    amount numeric NOT NULL CHECK (amount > 0),
    balance_after numeric NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON seeds.ledger_entry (transaction_id);
CREATE INDEX ON seeds.ledger_entry (account_id, created_at);
CREATE TABLE seeds.idempotency_key (
    key text PRIMARY KEY,
    response jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO seeds.account (account_id, is_treasury, asset, balance)
SELECT md5(n::text)::uuid, false, 'SILVER', 1000000000 FROM generate_series(1, :users) AS n
UNION ALL
SELECT md5('treasury')::uuid, true, 'SILVER', -1000000000 * :users::numeric;
