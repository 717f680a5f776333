-- Figures of the economy: how balances are spread, and who earned and spent most.

-- How balances are spread: what changed in each step of balances on each day (UTC), of the
-- transfers that daily counts. All changes up to a day make what there was at its end.
CREATE TABLE wallet_private.spread (
    asset_id integer NOT NULL,
    day date NOT NULL,
    step wallet_private.amount NOT NULL,
    wallets bigint NOT NULL,
    amount wallet_private.amount NOT NULL,
    CONSTRAINT spread_pkey PRIMARY KEY (asset_id, day, step)
) WITH (fillfactor = 50);
COMMENT ON COLUMN wallet_private.spread.step
IS 'Balances above zero whose first two digits are the same, by the lowest of them.';
COMMENT ON COLUMN wallet_private.spread.wallets IS 'That came into the step, less those that left.';
COMMENT ON COLUMN wallet_private.spread.amount IS 'By how much what they hold together changed.';

ALTER TYPE wallet_private.fold_step ADD ATTRIBUTE spread wallet_private.spread[];

-- Who earned or spent most in the days that end with the fold's ranked_day.
CREATE TABLE wallet_private.leader (
    asset_id integer NOT NULL,
    days integer NOT NULL,
    direction text COLLATE "C" NOT NULL,
    rank integer NOT NULL,
    user_id uuid NOT NULL,
    amount wallet_private.amount NOT NULL,
    users bigint NOT NULL,
    median wallet_private.amount NOT NULL,
    CONSTRAINT leader_pkey PRIMARY KEY (asset_id, days, direction, rank)
);
COMMENT ON COLUMN wallet_private.leader.users IS 'All who earned (or spent) something.';
COMMENT ON COLUMN wallet_private.leader.median IS 'Half of them earned (or spent) at most as much.';

ALTER TABLE wallet_private.fold ADD COLUMN ranked_day date;
COMMENT ON COLUMN wallet_private.fold.ranked_day
IS 'The last day of those that leader is of; NULL: they have to be counted anew.';

-- By how much a step changed on a day.
CREATE TYPE wallet.spread_change AS (
    day date,
    step numeric,
    wallets bigint,
    amount numeric
);

CREATE TYPE wallet.distribution_day AS (
    asset text,
    day date,
    holders bigint,
    average numeric,
    median numeric,
    top_share numeric,
    gini numeric
);

CREATE TYPE wallet.leader AS (
    asset text,
    from_day date,
    to_day date,
    direction text,
    rank integer,
    user_id uuid,
    name text,
    amount numeric,
    users bigint,
    median numeric,
    times_median numeric
);

-- What was counted into days already is counted into steps. The step is as
-- wallet_private.balance_step makes it, which does not exist yet.
INSERT INTO wallet_private.spread (asset_id, day, step, wallets, amount)
SELECT
    c.asset_id,
    c.day,
    c.step,
    sum(c.sign) AS wallets,
    sum(c.sign * c.balance) AS amount
FROM (
    SELECT
        t.asset_id,
        (t.created_at AT TIME ZONE 'UTC')::date AS day,
        b.sign,
        b.balance,
        trim_scale(
            trunc(b.balance * 1e8, 2 - length(trunc(b.balance * 1e8)::text)) * 1e-8
        ) AS step
    FROM wallet_private.transfer AS t
    CROSS JOIN wallet_private.fold AS f
    CROSS JOIN
        LATERAL (
            VALUES (1, t.balance_after), (-1, t.balance_after - t.amount)
        ) AS b (sign, balance)
    WHERE
        EXISTS (SELECT FROM wallet_private.daily)
        AND t.amount <> 0 AND b.balance > 0
        AND (
            coalesce(t.details -> 'result' ? 'is_imported', false)
            OR (coalesce(t.feed_position, 0), t.user_id, t.asset_id, t.seq) <= (
                (f.place).feed_position, (f.place).user_id, (f.place).asset_id, (f.place).seq
            )
        )
) AS c
GROUP BY c.asset_id, c.day, c.step;

-- For wallet.search_users.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX IF NOT EXISTS user_account_name_idx
ON wallet_private.user_account (lower(name COLLATE "C"));
