-- squawk-ignore-file ban-drop-function
-- Limits: how much or how often a user may credit or debit an asset in a period, and how much a
-- user may hold of it. Tasks can pay once in a calendar period.
ALTER TABLE wallet_private.asset ADD COLUMN is_limited boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN wallet_private.asset.is_limited IS 'Whether it has, or had, a limit.';
COMMENT ON COLUMN wallet_private.wallet.is_plain
IS 'Whether a movement changes the balance and no more: the asset has neither lots nor limits.';

CREATE TABLE wallet_private.limit_rule (
    limit_id bigint GENERATED ALWAYS AS IDENTITY,
    code text COLLATE "C" NOT NULL,
    asset_id integer NOT NULL,
    measure text NOT NULL,
    maximum wallet_private.amount NOT NULL,
    direction text NOT NULL,
    kinds text[],
    origin wallet_private.origin,
    period text,
    time_zone text,
    rolling interval,
    is_clipping boolean NOT NULL,
    is_active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT limit_rule_pkey PRIMARY KEY (limit_id),
    CONSTRAINT limit_rule_code_key UNIQUE (code),
    CONSTRAINT limit_rule_asset_id_fkey
    FOREIGN KEY (asset_id) REFERENCES wallet_private.asset (asset_id),
    CONSTRAINT limit_rule_measure_is_known_check
    CHECK (measure IN ('amount', 'count', 'balance')),
    CONSTRAINT limit_rule_maximum_is_positive_check CHECK (maximum > 0),
    CONSTRAINT limit_rule_direction_is_known_check CHECK (direction IN ('credit', 'debit')),
    CONSTRAINT limit_rule_period_is_known_check CHECK (period IN ('day', 'week', 'month')),
    CONSTRAINT limit_rule_has_one_time_check CHECK (
        (measure = 'balance' AND period IS NULL AND rolling IS NULL)
        OR (measure <> 'balance' AND (period IS NULL) <> (rolling IS NULL))
    ),
    CONSTRAINT limit_rule_period_has_a_zone_check
    CHECK ((period IS NULL) = (time_zone IS NULL)),
    CONSTRAINT limit_rule_clips_a_balance_check CHECK (measure = 'balance' OR NOT is_clipping)
);
COMMENT ON TABLE wallet_private.limit_rule IS 'What a user may do at most, of one asset.';
COMMENT ON COLUMN wallet_private.limit_rule.measure
IS 'What is counted: amounts, movements, or what the user holds afterwards.';
COMMENT ON COLUMN wallet_private.limit_rule.kinds IS 'NULL = all of this direction.';
COMMENT ON COLUMN wallet_private.limit_rule.rolling
IS 'How far it looks back, in whole seconds; NULL = it goes by the calendar.';
CREATE INDEX limit_rule_asset_id_idx ON wallet_private.limit_rule (asset_id);

-- What a user has used of a limit in a period: of the calendar, or a hundredth of what a rolling
-- limit looks back on. The lock of the user's wallet protects it.
CREATE TABLE wallet_private.limit_use (
    user_id uuid NOT NULL,
    limit_id bigint NOT NULL,
    period bigint NOT NULL,
    used wallet_private.quantity NOT NULL,
    CONSTRAINT limit_use_pkey PRIMARY KEY (user_id, limit_id, period)
) WITH (fillfactor = 66);
COMMENT ON COLUMN wallet_private.limit_use.period
IS 'The days from 1970-01-01 to its first day; of a rolling limit the hundredths before it.';

ALTER TABLE wallet_private.task
ADD COLUMN period text,
ADD COLUMN time_zone text;
ALTER TABLE wallet_private.task
ADD CONSTRAINT task_period_is_known_check CHECK (period IN ('day', 'week', 'month')) NOT VALID,
ADD CONSTRAINT task_period_has_a_zone_check
CHECK ((period IS NULL) = (time_zone IS NULL)) NOT VALID;
COMMENT ON COLUMN wallet_private.task.period
IS 'It pays each user once in each; NULL = as often as the cooldown allows.';
COMMENT ON COLUMN wallet_private.task.time_zone IS 'Of the period, if the call gives none.';
ALTER TABLE wallet_private.task_completion ADD COLUMN period date;
COMMENT ON COLUMN wallet_private.task_completion.period
IS 'The first day of the period that it is for.';

CREATE TYPE wallet.limit_rule AS (
    limit_id bigint,
    code text,
    asset text,
    measure text,
    maximum numeric,
    direction text,
    kinds text[],
    origin text,
    period text,
    time_zone text,
    rolling interval,
    is_clipping boolean,
    is_active boolean,
    created_at timestamptz
);
CREATE TYPE wallet.limit_use AS (
    user_id uuid,
    limit_id bigint,
    code text,
    asset text,
    measure text,
    maximum numeric,
    used numeric,
    remaining numeric,
    more_at timestamptz
);
ALTER TYPE wallet.task ADD ATTRIBUTE period text, ADD ATTRIBUTE time_zone text;

-- These get more parameters, which have defaults.
DROP FUNCTION IF EXISTS
wallet.create_task(text, text, text, numeric, integer, interval, boolean, text, interval);
DROP FUNCTION IF EXISTS
wallet.update_task(bigint, text, numeric, integer, interval, boolean, boolean, text, interval);
DROP FUNCTION IF EXISTS wallet.complete_task(uuid, bigint, text, boolean, jsonb, text);
