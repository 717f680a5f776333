-- What the schema files and views add up to, without the functions. Never run, only read:
-- `make schema` writes it, and a test compares it.

CREATE SCHEMA wallet;

COMMENT ON SCHEMA wallet IS 'The wallet''s API: functions, result types and read-only views.';

CREATE SCHEMA wallet_private;

COMMENT ON SCHEMA wallet_private IS 'Tables, helpers and triggers. Nobody but the owner sees in.';

CREATE TYPE wallet.action_item AS (
	action_id bigint,
	created_at timestamp with time zone,
	actor text,
	name text,
	subject text,
	details jsonb,
	cursor text
);

CREATE TYPE wallet.alert AS (
	alert text,
	measure text,
	asset text,
	campaign text,
	user_id uuid,
	direction text,
	threshold numeric,
	margin numeric,
	is_share boolean,
	within interval,
	value numeric,
	crossed bigint,
	created_at timestamp with time zone
);

CREATE TYPE wallet.alert_check AS (
	alerts integer,
	transfers integer,
	is_last boolean
);

CREATE TYPE wallet.asset AS (
	asset text,
	name text,
	scale integer,
	supply numeric,
	sign_up_bonus numeric,
	is_purchasable boolean,
	is_archived boolean,
	created_at timestamp with time zone,
	lot_order text,
	expires_in interval,
	is_paid_expiring boolean,
	is_debt_blocking boolean
);

CREATE TYPE wallet.balance_item AS (
	user_id uuid,
	asset text,
	balance numeric,
	held numeric,
	available numeric,
	paid numeric,
	free numeric,
	expiring numeric,
	expires_at timestamp with time zone,
	debt numeric
);

CREATE TYPE wallet.batch_result AS (
	ord integer,
	transaction_id uuid,
	kind text,
	user_id uuid,
	asset text,
	amount numeric,
	balance numeric,
	reference text,
	metadata jsonb,
	created_at timestamp with time zone,
	is_replay boolean,
	code text,
	message text,
	detail text,
	hint text
);

CREATE TYPE wallet.campaign AS (
	campaign text,
	asset text,
	budget numeric,
	granted numeric,
	remaining numeric,
	users bigint,
	created_at timestamp with time zone,
	expires_in interval
);

CREATE TYPE wallet.capture_receipt AS (
	transaction_id uuid,
	kind text,
	user_id uuid,
	asset text,
	amount numeric,
	balance numeric,
	reference text,
	metadata jsonb,
	created_at timestamp with time zone,
	is_replay boolean,
	hold_id uuid,
	remaining numeric
);

CREATE TYPE wallet.checkpoint AS (
	checkpoint_id bigint,
	created_at timestamp with time zone,
	wallets bigint,
	transfers numeric,
	root text
);

CREATE TYPE wallet.checkpoint_item AS (
	checkpoint_id bigint,
	created_at timestamp with time zone,
	wallets bigint,
	transfers numeric,
	root text,
	cursor text
);

CREATE TYPE wallet.consumption AS (
	user_id uuid,
	transaction_id uuid,
	asset text,
	amount numeric,
	consumed numeric,
	taken_back numeric,
	expired numeric,
	remaining numeric,
	rule text
);

CREATE TYPE wallet.conversion_rate AS (
	rate_id bigint,
	from_asset text,
	to_asset text,
	from_amount numeric,
	to_amount numeric,
	created_at timestamp with time zone
);

CREATE TYPE wallet.conversion_receipt AS (
	transaction_id uuid,
	kind text,
	user_id uuid,
	from_asset text,
	from_amount numeric,
	from_balance numeric,
	to_asset text,
	to_amount numeric,
	to_balance numeric,
	rate_id bigint,
	metadata jsonb,
	created_at timestamp with time zone,
	is_replay boolean
);

CREATE TYPE wallet.credential AS (
	user_id uuid,
	role text,
	status text,
	password_hash text
);

CREATE TYPE wallet.debt_receipt AS (
	transaction_id uuid,
	kind text,
	user_id uuid,
	asset text,
	amount numeric,
	debt numeric,
	balance numeric,
	reason text,
	metadata jsonb,
	created_at timestamp with time zone,
	is_replay boolean
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

CREATE TYPE wallet.economy_day AS (
	asset text,
	day date,
	issued numeric,
	removed numeric,
	outstanding numeric,
	issued_by_kind jsonb,
	removed_by_kind jsonb,
	transfers bigint,
	movers bigint,
	new_users bigint
);

CREATE TYPE wallet.entry AS (
	transaction_id uuid,
	leg integer,
	entry_type text,
	account text,
	asset text,
	amount numeric,
	balance_after numeric,
	kind text,
	created_at timestamp with time zone
);

CREATE TYPE wallet.entry_item AS (
	transaction_id uuid,
	leg integer,
	entry_type text,
	account text,
	asset text,
	amount numeric,
	balance_after numeric,
	kind text,
	created_at timestamp with time zone,
	cursor text
);

CREATE TYPE wallet.event AS (
	transaction_id uuid,
	leg integer,
	kind text,
	user_id uuid,
	asset text,
	amount numeric,
	entry_type text,
	balance numeric,
	seq bigint,
	reference text,
	metadata jsonb,
	details jsonb,
	actor text,
	created_at timestamp with time zone,
	cursor text
);

CREATE TYPE wallet.event_page AS (
	events wallet.event[],
	next_cursor text,
	is_last boolean
);

CREATE TYPE wallet.finding AS (
	"check" text,
	subject text,
	expected text,
	found text
);

CREATE TYPE wallet.grant_request AS (
	user_id uuid,
	external_id text,
	email text,
	amount numeric,
	reference text
);

CREATE TYPE wallet.refusal AS (
	ord integer,
	code text,
	message text,
	detail text,
	hint text
);

CREATE TYPE wallet.grant_result AS (
	users integer,
	amount numeric,
	replays integer,
	refusals wallet.refusal[]
);

CREATE TYPE wallet.hold AS (
	hold_id uuid,
	user_id uuid,
	asset text,
	amount numeric,
	captured numeric,
	remaining numeric,
	status text,
	reference text,
	metadata jsonb,
	expires_at timestamp with time zone,
	created_at timestamp with time zone,
	is_replay boolean
);

CREATE TYPE wallet.hold_item AS (
	hold_id uuid,
	user_id uuid,
	asset text,
	amount numeric,
	captured numeric,
	remaining numeric,
	status text,
	reference text,
	metadata jsonb,
	expires_at timestamp with time zone,
	created_at timestamp with time zone,
	cursor text
);

CREATE TYPE wallet.import_result AS (
	users integer,
	replays integer,
	refusals wallet.refusal[]
);

CREATE TYPE wallet.item AS (
	item_id bigint,
	code text,
	name text,
	asset text,
	price numeric,
	stock bigint,
	max_per_user integer,
	is_active boolean,
	created_at timestamp with time zone
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

CREATE TYPE wallet.liability_item AS (
	asset text,
	origin text,
	issue_month date,
	expiry_month date,
	issued numeric,
	used numeric,
	expired numeric,
	reversed numeric,
	outstanding numeric
);

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
	created_at timestamp with time zone
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
	more_at timestamp with time zone
);

CREATE TYPE wallet.lot AS (
	user_id uuid,
	asset text,
	lot_id bigint,
	origin text,
	amount numeric,
	remaining numeric,
	held numeric,
	expires_at timestamp with time zone,
	transaction_id uuid,
	created_at timestamp with time zone
);

CREATE TYPE wallet.new_user AS (
	user_id uuid,
	name text,
	email text,
	balances wallet.balance_item[],
	refused_bonuses text[]
);

CREATE TYPE wallet.news AS (
	reader integer,
	is_cut_off boolean,
	asset text,
	seq bigint,
	balance numeric,
	events wallet.event[]
);

CREATE TYPE wallet.proposal AS (
	proposal_id uuid,
	function text,
	arguments jsonb,
	user_id uuid,
	reason text,
	proposed_by text,
	forecast jsonb,
	created_at timestamp with time zone,
	expires_at timestamp with time zone,
	status text,
	decided_by text,
	decision_reason text,
	decided_at timestamp with time zone,
	result jsonb,
	is_replay boolean
);

CREATE TYPE wallet.proposal_item AS (
	proposal_id uuid,
	function text,
	arguments jsonb,
	user_id uuid,
	reason text,
	proposed_by text,
	forecast jsonb,
	created_at timestamp with time zone,
	expires_at timestamp with time zone,
	status text,
	decided_by text,
	decision_reason text,
	decided_at timestamp with time zone,
	result jsonb,
	cursor text
);

CREATE TYPE wallet.purchase_receipt AS (
	transaction_id uuid,
	kind text,
	user_id uuid,
	asset text,
	amount numeric,
	balance numeric,
	reference text,
	metadata jsonb,
	created_at timestamp with time zone,
	is_replay boolean,
	item_id bigint,
	quantity integer,
	unit_price numeric
);

CREATE TYPE wallet.receipt AS (
	transaction_id uuid,
	kind text,
	user_id uuid,
	asset text,
	amount numeric,
	balance numeric,
	reference text,
	metadata jsonb,
	created_at timestamp with time zone,
	is_replay boolean
);

CREATE TYPE wallet.refund_receipt AS (
	transaction_id uuid,
	kind text,
	user_id uuid,
	asset text,
	amount numeric,
	balance numeric,
	reference text,
	metadata jsonb,
	created_at timestamp with time zone,
	refunds uuid,
	refunded numeric,
	signed_at timestamp with time zone,
	outcome text,
	shortfall numeric,
	owed numeric,
	debt numeric
);

CREATE TYPE wallet.request AS (
	user_id uuid,
	kind text,
	asset text,
	amount numeric,
	idempotency_key text,
	reference text,
	metadata jsonb
);

CREATE TYPE wallet.reversal_receipt AS (
	transaction_id uuid,
	kind text,
	user_id uuid,
	asset text,
	amount numeric,
	balance numeric,
	reference text,
	metadata jsonb,
	created_at timestamp with time zone,
	is_replay boolean,
	reverses uuid,
	reason text,
	shortfall numeric,
	counter_asset text,
	counter_amount numeric,
	counter_balance numeric
);

CREATE TYPE wallet.sign_up_result AS (
	user_id uuid,
	name text,
	email text,
	balances wallet.balance_item[]
);

CREATE TYPE wallet.spread_change AS (
	day date,
	step numeric,
	wallets bigint,
	amount numeric
);

CREATE TYPE wallet.statement_line AS (
	created_at timestamp with time zone,
	transaction_id uuid,
	kind text,
	reference text,
	debit numeric,
	credit numeric,
	balance numeric
);

CREATE TYPE wallet.subscription AS (
	subscription text,
	assets text[],
	kinds text[],
	user_id uuid,
	acknowledged_cursor text,
	behind bigint,
	oldest_at timestamp with time zone,
	created_at timestamp with time zone,
	acknowledged_at timestamp with time zone,
	alerts text[]
);

CREATE TYPE wallet.task AS (
	task_id bigint,
	code text,
	name text,
	asset text,
	reward numeric,
	max_completions integer,
	cooldown interval,
	is_self_service boolean,
	is_active boolean,
	created_at timestamp with time zone,
	expires_in interval,
	period text,
	time_zone text
);

CREATE TYPE wallet.task_receipt AS (
	transaction_id uuid,
	kind text,
	user_id uuid,
	asset text,
	amount numeric,
	balance numeric,
	reference text,
	metadata jsonb,
	created_at timestamp with time zone,
	is_replay boolean,
	task_id bigint
);

CREATE TYPE wallet.threshold AS (
	function text,
	asset text,
	most numeric
);

CREATE TYPE wallet.token_state AS (
	user_id uuid,
	external_id text,
	status text,
	tokens_revoked_at timestamp with time zone
);

CREATE TYPE wallet.transaction_detail AS (
	transaction_id uuid,
	kind text,
	user_id uuid,
	asset text,
	amount numeric,
	balance numeric,
	reference text,
	metadata jsonb,
	details jsonb,
	idempotency_key text,
	actor text,
	created_at timestamp with time zone,
	entries wallet.entry[],
	reverses uuid,
	reversed_by uuid[],
	refunds uuid,
	refunded_by uuid[]
);

CREATE TYPE wallet.transaction_item AS (
	transaction_id uuid,
	leg integer,
	kind text,
	user_id uuid,
	asset text,
	amount numeric,
	entry_type text,
	balance numeric,
	reference text,
	metadata jsonb,
	created_at timestamp with time zone,
	cursor text
);

CREATE TYPE wallet.treasury_item AS (
	asset text,
	outstanding numeric,
	balance numeric,
	supply numeric,
	remaining numeric
);

CREATE TYPE wallet."user" AS (
	user_id uuid,
	external_id text,
	name text,
	email text,
	phone text,
	role text,
	status text,
	created_at timestamp with time zone
);

CREATE TYPE wallet.user_key AS (
	external_id text,
	user_id uuid
);

CREATE TYPE wallet.user_request AS (
	external_id text,
	name text,
	email text,
	phone text
);

CREATE TYPE wallet.verify_page AS (
	next_user_id uuid,
	users bigint,
	findings wallet.finding[]
);

CREATE TYPE wallet.webhook AS (
	subscription text,
	url text,
	status text,
	is_ordered boolean,
	secret text,
	old_secret_ends_at timestamp with time zone,
	waiting bigint,
	parked bigint,
	oldest_at timestamp with time zone,
	failures integer,
	rest_ends_at timestamp with time zone,
	created_at timestamp with time zone
);

CREATE TYPE wallet.webhook_batch AS (
	subscription text,
	claim uuid,
	lease interval,
	url text,
	secrets text[],
	is_ordered boolean,
	events wallet.event[]
);

CREATE TYPE wallet.webhook_failure AS (
	transaction_id uuid,
	leg integer,
	kind text,
	user_id uuid,
	asset text,
	seq bigint,
	status text,
	tries integer,
	tried_at timestamp with time zone,
	next_try_at timestamp with time zone,
	status_code integer,
	error text,
	cursor text
);

CREATE TYPE wallet.webhook_result AS (
	user_id uuid,
	asset text,
	seq bigint,
	outcome text,
	status_code integer,
	error text,
	retry_after integer
);

CREATE DOMAIN wallet_private.amount AS numeric;

CREATE DOMAIN wallet_private.kind AS text;

CREATE DOMAIN wallet_private.quantity AS numeric
	CONSTRAINT quantity_is_not_negative_check CHECK ((VALUE >= (0)::numeric));

CREATE TABLE wallet_private.transfer (
    user_id uuid NOT NULL,
    transaction_id uuid NOT NULL,
    seq bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    asset_id integer NOT NULL,
    leg smallint DEFAULT 1 NOT NULL,
    kind wallet_private.kind NOT NULL,
    amount numeric NOT NULL,
    balance_after wallet_private.quantity NOT NULL,
    counterparty text DEFAULT 'TREASURY'::text NOT NULL,
    idempotency_key text COLLATE pg_catalog."C",
    reference text,
    details jsonb,
    metadata jsonb,
    actor text,
    hash bytea NOT NULL,
    feed_position bigint DEFAULT wallet_private.refuse_old_call(),
    seal bytea
);

COMMENT ON COLUMN wallet_private.transfer.seq IS 'Gapless in a wallet: the order of the ledger.';

COMMENT ON COLUMN wallet_private.transfer.amount IS 'As the user sees it: + credit, - debit.';

COMMENT ON COLUMN wallet_private.transfer.details IS 'What the request asked beyond the columns (a replay is compared with it) and what came of it.';

COMMENT ON COLUMN wallet_private.transfer.actor IS 'NULL: it was erased.';

COMMENT ON COLUMN wallet_private.transfer.feed_position IS 'Its place in the feed; NULL: it is older than the feed.';

COMMENT ON COLUMN wallet_private.transfer.seal IS 'Salt of the digest of its texts, which the hash covers; once they are erased, the digest.';

CREATE TYPE wallet_private.batch_item AS (
	ord integer,
	asset text,
	is_sound boolean,
	is_plain boolean,
	run_length integer,
	transfer wallet_private.transfer
);

CREATE TYPE wallet_private.feed_place AS (
	feed_position bigint,
	user_id uuid,
	asset_id integer,
	seq bigint
);

CREATE TABLE wallet_private.daily (
    asset_id integer NOT NULL,
    day date NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    transfers bigint NOT NULL,
    issued wallet_private.amount NOT NULL,
    removed wallet_private.amount NOT NULL,
    movers bigint NOT NULL,
    new_users bigint NOT NULL
)
WITH (fillfactor='50');

COMMENT ON COLUMN wallet_private.daily.movers IS 'Transfers that were the first of their day in their wallet.';

COMMENT ON COLUMN wallet_private.daily.new_users IS 'Transfers that were the first in their wallet.';

CREATE TABLE wallet_private.spread (
    asset_id integer NOT NULL,
    day date NOT NULL,
    step wallet_private.amount NOT NULL,
    wallets bigint NOT NULL,
    amount wallet_private.amount NOT NULL
)
WITH (fillfactor='50');

COMMENT ON COLUMN wallet_private.spread.step IS 'Balances above zero whose first two digits are the same, by the lowest of them.';

COMMENT ON COLUMN wallet_private.spread.wallets IS 'That came into the step, less those that left.';

COMMENT ON COLUMN wallet_private.spread.amount IS 'By how much what they hold together changed.';

CREATE TYPE wallet_private.fold_step AS (
	place wallet_private.feed_place,
	days wallet_private.daily[],
	transfers integer,
	is_last boolean,
	spread wallet_private.spread[]
);

CREATE TYPE wallet_private.hashed AS (
	user_id uuid,
	asset_id integer,
	seq bigint,
	transaction_id uuid,
	leg smallint,
	kind text,
	amount numeric,
	balance_after numeric,
	counterparty text,
	idempotency_key text,
	reference text,
	details jsonb,
	metadata jsonb,
	actor text,
	created_at numeric
);

COMMENT ON TYPE wallet_private.hashed IS 'What a transfer''s hash covers, as text. Old hashes were made of it: never change it.';

COMMENT ON COLUMN wallet_private.hashed.created_at IS 'In seconds since 1970, which no setting of a session changes.';

CREATE TYPE wallet_private.history_item AS (
	ord integer,
	user_id uuid,
	asset_id integer,
	seq bigint,
	kind text,
	amount numeric,
	balance_after numeric,
	created_at timestamp with time zone,
	idempotency_key text,
	reference text,
	metadata jsonb,
	last_at timestamp with time zone,
	first_ord integer,
	is_taken boolean,
	is_new boolean,
	is_replay boolean,
	is_sound boolean
);

CREATE TYPE wallet_private.history_line AS (
	user_id uuid,
	external_id text,
	email text,
	asset text,
	kind text,
	amount numeric,
	created_at timestamp with time zone,
	idempotency_key text,
	reference text,
	metadata jsonb
);

CREATE TYPE wallet_private.history_result AS (
	users integer,
	lines integer,
	replays integer,
	issued jsonb,
	refusals wallet.refusal[]
);

CREATE DOMAIN wallet_private.origin AS text
	CONSTRAINT origin_is_known_check CHECK ((VALUE = ANY (ARRAY['paid'::text, 'free'::text])));

CREATE TABLE wallet_private.hold (
    user_id uuid NOT NULL,
    hold_id uuid NOT NULL,
    asset_id integer NOT NULL,
    status text DEFAULT 'open'::text NOT NULL,
    amount wallet_private.amount NOT NULL,
    captured wallet_private.amount DEFAULT 0 NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL,
    closed_at timestamp with time zone,
    lots jsonb,
    CONSTRAINT hold_amount_is_positive_check CHECK (((amount)::numeric > (0)::numeric)),
    CONSTRAINT hold_captured_is_within_amount_check CHECK ((((captured)::numeric >= (0)::numeric) AND ((captured)::numeric <= (amount)::numeric))),
    CONSTRAINT hold_is_captured_when_used_up_check CHECK (((status = 'captured'::text) = ((captured)::numeric = (amount)::numeric))),
    CONSTRAINT hold_is_open_until_closed_check CHECK (((status = 'open'::text) = (closed_at IS NULL))),
    CONSTRAINT hold_status_is_known_check CHECK ((status = ANY (ARRAY['open'::text, 'captured'::text, 'released'::text, 'expired'::text])))
);

COMMENT ON COLUMN wallet_private.hold.lots IS 'Which lots it holds, in the order in which captures use them: [{"lot", "amount"}].';

CREATE TABLE wallet_private.lot (
    user_id uuid NOT NULL,
    asset_id integer NOT NULL,
    lot_id bigint NOT NULL,
    origin wallet_private.origin NOT NULL,
    amount wallet_private.amount NOT NULL,
    remaining wallet_private.quantity NOT NULL,
    held wallet_private.quantity DEFAULT 0 NOT NULL,
    expires_at timestamp with time zone,
    is_open boolean DEFAULT true NOT NULL
)
WITH (fillfactor='66');

COMMENT ON COLUMN wallet_private.lot.remaining IS 'What of the amount is left, held or not.';

COMMENT ON COLUMN wallet_private.lot.held IS 'What of the rest open holds set aside.';

COMMENT ON COLUMN wallet_private.lot.expires_at IS 'NULL = never.';

COMMENT ON COLUMN wallet_private.lot.is_open IS 'Whether anything is left.';

CREATE TABLE wallet_private.alert (
    alert_id integer NOT NULL,
    code text NOT NULL COLLATE pg_catalog."C",
    measure text NOT NULL,
    asset_id integer NOT NULL,
    campaign_id integer,
    user_id uuid,
    direction text,
    threshold wallet_private.quantity,
    margin wallet_private.quantity,
    is_share boolean,
    within interval,
    feed_position bigint NOT NULL,
    outstanding wallet_private.quantity,
    value wallet_private.amount,
    told_until_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT alert_direction_is_known_check CHECK ((direction = ANY (ARRAY['below'::text, 'above'::text]))),
    CONSTRAINT alert_measure_is_known_check CHECK ((measure = ANY (ARRAY['balance'::text, 'outstanding'::text, 'supply'::text, 'budget'::text, 'expiring'::text])))
)
WITH (fillfactor='50');

COMMENT ON COLUMN wallet_private.alert.user_id IS 'Only this one''s; NULL = everyone''s.';

COMMENT ON COLUMN wallet_private.alert.margin IS 'How far back the value has to come before the alert can be raised again.';

COMMENT ON COLUMN wallet_private.alert.is_share IS 'Whether threshold and margin are shares of the cap or the budget.';

COMMENT ON COLUMN wallet_private.alert.feed_position IS 'Transfers from here on count; those before were there when it was made.';

COMMENT ON COLUMN wallet_private.alert.outstanding IS 'What users held, by the transfers that were looked at.';

COMMENT ON COLUMN wallet_private.alert.value IS 'What it measured last; NULL where each wallet has its own.';

COMMENT ON COLUMN wallet_private.alert.told_until_at IS 'Lots that expire up to then were told when they came so near.';

CREATE TABLE wallet_private.asset (
    asset_id integer NOT NULL,
    code text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    scale integer NOT NULL,
    supply wallet_private.amount,
    sign_up_bonus wallet_private.amount,
    is_purchasable boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    archived_at timestamp with time zone,
    feed_base bigint,
    server_started_at timestamp with time zone,
    lot_order text,
    expires_in interval,
    is_paid_expiring boolean DEFAULT false NOT NULL,
    is_limited boolean DEFAULT false NOT NULL,
    is_debt_blocking boolean DEFAULT false NOT NULL,
    got_lots_at timestamp with time zone,
    CONSTRAINT asset_code_is_upper_snake_case_check CHECK ((code ~ '^[A-Z][A-Z0-9_]{1,31}$'::text)),
    CONSTRAINT asset_scale_is_0_to_8_check CHECK (((scale >= 0) AND (scale <= 8))),
    CONSTRAINT asset_sign_up_bonus_is_positive_check CHECK (((sign_up_bonus)::numeric > (0)::numeric)),
    CONSTRAINT asset_supply_is_positive_check CHECK (((supply)::numeric > (0)::numeric))
);

COMMENT ON COLUMN wallet_private.asset.supply IS 'The cap on what users hold; NULL = uncapped.';

COMMENT ON COLUMN wallet_private.asset.sign_up_bonus IS 'What a new sign-up gets; NULL = nothing.';

COMMENT ON COLUMN wallet_private.asset.feed_base IS 'As in feed, here so that a movement finds it in the row it reads anyway; NULL: look there.';

COMMENT ON COLUMN wallet_private.asset.server_started_at IS 'The start of the server on which feed_base was looked up: after another start, another look.';

COMMENT ON COLUMN wallet_private.asset.lot_order IS 'Which lots a debit uses first; NULL = the asset has no lots.';

COMMENT ON COLUMN wallet_private.asset.expires_in IS 'How long a credit lives if nothing else says; NULL = for ever.';

COMMENT ON COLUMN wallet_private.asset.is_paid_expiring IS 'Whether what was paid for may expire too.';

COMMENT ON COLUMN wallet_private.asset.is_limited IS 'Whether it has, or had, a limit.';

COMMENT ON COLUMN wallet_private.asset.is_debt_blocking IS 'Whether who owes some of it can''t spend it, nor what holds have set aside.';

COMMENT ON COLUMN wallet_private.asset.got_lots_at IS 'When it got lots; NULL = it has none.';

CREATE TABLE wallet_private.subscription (
    subscription_id integer NOT NULL,
    code text NOT NULL COLLATE pg_catalog."C",
    asset_ids integer[],
    kinds text[],
    user_id uuid,
    place wallet_private.feed_place NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    acknowledged_at timestamp with time zone,
    alerts text[]
)
WITH (fillfactor='50');

COMMENT ON COLUMN wallet_private.subscription.asset_ids IS 'Only these; NULL = all.';

COMMENT ON COLUMN wallet_private.subscription.kinds IS 'Only these; NULL = all.';

COMMENT ON COLUMN wallet_private.subscription.user_id IS 'Only this one''s; NULL = everyone''s.';

COMMENT ON COLUMN wallet_private.subscription.place IS 'Up to here all has arrived.';

COMMENT ON COLUMN wallet_private.subscription.alerts IS 'Only these of the alerts; NULL = all, if the kinds name ALERT, or else none.';

CREATE TABLE wallet_private.limit_rule (
    limit_id bigint NOT NULL,
    code text NOT NULL COLLATE pg_catalog."C",
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
    is_active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT limit_rule_clips_a_balance_check CHECK (((measure = 'balance'::text) OR (NOT is_clipping))),
    CONSTRAINT limit_rule_direction_is_known_check CHECK ((direction = ANY (ARRAY['credit'::text, 'debit'::text]))),
    CONSTRAINT limit_rule_has_one_time_check CHECK ((((measure = 'balance'::text) AND (period IS NULL) AND (rolling IS NULL)) OR ((measure <> 'balance'::text) AND ((period IS NULL) <> (rolling IS NULL))))),
    CONSTRAINT limit_rule_maximum_is_positive_check CHECK (((maximum)::numeric > (0)::numeric)),
    CONSTRAINT limit_rule_measure_is_known_check CHECK ((measure = ANY (ARRAY['amount'::text, 'count'::text, 'balance'::text]))),
    CONSTRAINT limit_rule_period_has_a_zone_check CHECK (((period IS NULL) = (time_zone IS NULL))),
    CONSTRAINT limit_rule_period_is_known_check CHECK ((period = ANY (ARRAY['day'::text, 'week'::text, 'month'::text])))
);

COMMENT ON TABLE wallet_private.limit_rule IS 'What a user may do at most, of one asset.';

COMMENT ON COLUMN wallet_private.limit_rule.measure IS 'What is counted: amounts, movements, or what the user holds afterwards.';

COMMENT ON COLUMN wallet_private.limit_rule.kinds IS 'NULL = all of this direction.';

COMMENT ON COLUMN wallet_private.limit_rule.rolling IS 'How far it looks back, in whole seconds; NULL = it goes by the calendar.';

CREATE TABLE wallet_private.proposal (
    proposal_id uuid NOT NULL,
    function text NOT NULL,
    arguments jsonb NOT NULL,
    user_id uuid,
    reason text,
    proposed_by text NOT NULL COLLATE pg_catalog."C",
    idempotency_key text NOT NULL COLLATE pg_catalog."C",
    forecast jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    status text NOT NULL,
    decided_by text,
    decision_key text,
    decision_reason text,
    decided_at timestamp with time zone,
    result jsonb,
    CONSTRAINT proposal_result_is_of_approved_check CHECK (((result IS NOT NULL) = (status = 'approved'::text))),
    CONSTRAINT proposal_status_is_known_check CHECK ((status = ANY (ARRAY['pending'::text, 'running'::text, 'approved'::text, 'rejected'::text])))
);

COMMENT ON COLUMN wallet_private.proposal.function IS 'Of the schema wallet. It is called once.';

COMMENT ON COLUMN wallet_private.proposal.arguments IS 'By name, without p_, and without the actor and the idempotency key.';

COMMENT ON COLUMN wallet_private.proposal.user_id IS 'Whom the call is about. NULL: nobody.';

COMMENT ON COLUMN wallet_private.proposal.reason IS 'NULL: the user was erased.';

COMMENT ON COLUMN wallet_private.proposal.forecast IS 'What the call would have returned when it was proposed.';

COMMENT ON COLUMN wallet_private.proposal.status IS 'running only within the transaction that runs the call, so no other transaction sees it.';

COMMENT ON COLUMN wallet_private.proposal.result IS 'What the call returned.';

CREATE TABLE wallet_private.webhook (
    subscription_id integer NOT NULL,
    url text NOT NULL,
    secret text NOT NULL,
    old_secret text,
    old_secret_ends_at timestamp with time zone,
    status text DEFAULT 'active'::text NOT NULL,
    is_ordered boolean NOT NULL,
    failures integer DEFAULT 0 NOT NULL,
    rest_ends_at timestamp with time zone,
    claim uuid,
    claim_ends_at timestamp with time zone,
    claimed_place wallet_private.feed_place,
    claimed_events integer,
    taken_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT webhook_status_is_known_check CHECK ((status = ANY (ARRAY['active'::text, 'paused'::text, 'gone'::text])))
)
WITH (fillfactor='50');

COMMENT ON COLUMN wallet_private.webhook.old_secret IS 'Signs beside secret until old_secret_ends_at.';

COMMENT ON COLUMN wallet_private.webhook.is_ordered IS 'Whether an event waits for the ones before it in its wallet.';

COMMENT ON COLUMN wallet_private.webhook.failures IS 'How often in a row the receiver was away or asked for less.';

COMMENT ON COLUMN wallet_private.webhook.rest_ends_at IS 'Nothing is sent to the receiver before.';

COMMENT ON COLUMN wallet_private.webhook.claim IS 'Who sends what lies between the subscription''s place and claimed_place; until claim_ends_at.';

CREATE TABLE wallet_private.webhook_event (
    subscription_id integer NOT NULL,
    user_id uuid NOT NULL,
    asset_id integer NOT NULL,
    seq bigint NOT NULL,
    tries integer NOT NULL,
    next_try_at timestamp with time zone,
    tried_at timestamp with time zone,
    status_code integer,
    error text,
    claim uuid,
    claim_ends_at timestamp with time zone
)
WITH (fillfactor='80');

COMMENT ON COLUMN wallet_private.webhook_event.next_try_at IS 'NULL: it is parked.';

COMMENT ON COLUMN wallet_private.webhook_event.claim IS 'Who sends it now, until claim_ends_at.';

CREATE TABLE wallet_private.user_account (
    user_id uuid NOT NULL,
    external_id text COLLATE pg_catalog."C",
    name text,
    email text,
    phone text,
    role text DEFAULT 'user'::text NOT NULL,
    status text DEFAULT 'active'::text NOT NULL,
    status_reason text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    tokens_revoked_at timestamp with time zone
);

COMMENT ON COLUMN wallet_private.user_account.tokens_revoked_at IS 'Tokens issued before it count no more; NULL: it never happened.';

CREATE TABLE wallet_private.campaign (
    campaign_id integer NOT NULL,
    code text NOT NULL COLLATE pg_catalog."C",
    asset_id integer NOT NULL,
    budget wallet_private.amount,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    expires_in interval,
    CONSTRAINT campaign_budget_is_positive_check CHECK (((budget)::numeric > (0)::numeric))
);

COMMENT ON COLUMN wallet_private.campaign.budget IS 'The most it may give; NULL = no limit.';

COMMENT ON COLUMN wallet_private.campaign.expires_in IS 'How long its grants live; NULL = as the asset says.';

CREATE TABLE wallet_private.item (
    item_id bigint NOT NULL,
    code text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    asset_id integer NOT NULL,
    price wallet_private.amount NOT NULL,
    stock bigint,
    max_per_user integer,
    is_active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT item_max_per_user_is_positive_check CHECK ((max_per_user > 0)),
    CONSTRAINT item_price_is_positive_check CHECK (((price)::numeric > (0)::numeric)),
    CONSTRAINT item_stock_is_not_negative_check CHECK ((stock >= 0))
)
WITH (fillfactor='50');

COMMENT ON COLUMN wallet_private.item.stock IS 'Units left; NULL = unlimited.';

CREATE TABLE wallet_private.conversion_rate (
    rate_id bigint NOT NULL,
    from_asset_id integer NOT NULL,
    to_asset_id integer NOT NULL,
    from_amount wallet_private.amount NOT NULL,
    to_amount wallet_private.amount NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    created_by text NOT NULL,
    replaced_at timestamp with time zone,
    CONSTRAINT conversion_rate_amounts_are_positive_check CHECK ((((from_amount)::numeric > (0)::numeric) AND ((to_amount)::numeric > (0)::numeric))),
    CONSTRAINT conversion_rate_assets_differ_check CHECK ((from_asset_id <> to_asset_id))
);

CREATE TABLE wallet_private.task (
    task_id bigint NOT NULL,
    code text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    asset_id integer NOT NULL,
    reward wallet_private.amount NOT NULL,
    max_completions integer,
    cooldown interval,
    is_self_service boolean DEFAULT false NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_in interval,
    period text,
    time_zone text,
    CONSTRAINT task_cooldown_is_positive_check CHECK ((cooldown > '00:00:00'::interval)),
    CONSTRAINT task_max_completions_is_positive_check CHECK ((max_completions > 0)),
    CONSTRAINT task_reward_is_positive_check CHECK (((reward)::numeric > (0)::numeric))
);

COMMENT ON COLUMN wallet_private.task.expires_in IS 'How long its reward lives; NULL = as the asset says.';

COMMENT ON COLUMN wallet_private.task.period IS 'It pays each user once in each; NULL = as often as the cooldown allows.';

COMMENT ON COLUMN wallet_private.task.time_zone IS 'Of the period, if the call gives none.';

CREATE TABLE wallet_private.checkpoint_head (
    user_id uuid NOT NULL,
    asset_id integer NOT NULL,
    checkpoint_id bigint NOT NULL,
    seq bigint NOT NULL,
    head bytea NOT NULL
);

COMMENT ON TABLE wallet_private.checkpoint_head IS 'A wallet''s head at a checkpoint; only wallets that moved since the one before have a row.';

CREATE TABLE wallet_private.refund (
    user_id uuid NOT NULL,
    transaction_id uuid NOT NULL,
    signed_at timestamp with time zone NOT NULL,
    refund_id uuid NOT NULL,
    refunded wallet_private.quantity NOT NULL,
    taken wallet_private.quantity NOT NULL,
    CONSTRAINT refund_taken_is_within_refunded_check CHECK (((taken)::numeric <= (refunded)::numeric))
);

COMMENT ON COLUMN wallet_private.refund.taken IS 'What is taken back of the transaction by refunds, in all: it left the balance or is owed.';

CREATE TABLE wallet_private.leader (
    asset_id integer NOT NULL,
    days integer NOT NULL,
    direction text NOT NULL COLLATE pg_catalog."C",
    rank integer NOT NULL,
    user_id uuid NOT NULL,
    amount wallet_private.amount NOT NULL,
    users bigint NOT NULL,
    median wallet_private.amount NOT NULL
);

COMMENT ON COLUMN wallet_private.leader.users IS 'All who earned (or spent) something.';

COMMENT ON COLUMN wallet_private.leader.median IS 'Half of them earned (or spent) at most as much.';

CREATE TABLE wallet_private.alert_event (
    seq bigint NOT NULL,
    event_id uuid DEFAULT gen_random_uuid() NOT NULL,
    feed_position bigint NOT NULL,
    alert text NOT NULL COLLATE pg_catalog."C",
    user_id uuid NOT NULL,
    asset_id integer NOT NULL,
    value wallet_private.amount NOT NULL,
    details jsonb NOT NULL,
    actor text DEFAULT SESSION_USER NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

COMMENT ON COLUMN wallet_private.alert_event.user_id IS 'Nobody where it is not a user''s.';

CREATE TABLE wallet_private.debt (
    user_id uuid NOT NULL,
    asset_id integer NOT NULL,
    amount wallet_private.amount NOT NULL,
    CONSTRAINT debt_amount_is_positive_check CHECK (((amount)::numeric > (0)::numeric))
);

CREATE TABLE wallet_private.wallet (
    user_id uuid NOT NULL,
    seq bigint DEFAULT 0 NOT NULL,
    moved_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    asset_id integer NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    is_capped boolean DEFAULT false NOT NULL,
    balance wallet_private.quantity DEFAULT 0 NOT NULL,
    held wallet_private.quantity DEFAULT 0 NOT NULL,
    head bytea DEFAULT '\x'::bytea NOT NULL,
    feed_position bigint,
    is_plain boolean DEFAULT true NOT NULL
)
WITH (fillfactor='66', autovacuum_vacuum_scale_factor='0.02', autovacuum_vacuum_threshold='1000');

COMMENT ON COLUMN wallet_private.wallet.seq IS 'Transfers so far; the seq of the last one.';

COMMENT ON COLUMN wallet_private.wallet.moved_at IS 'created_at of the last transfer.';

COMMENT ON COLUMN wallet_private.wallet.is_active IS 'The account''s status, here so that a movement checks it in the row it locks anyway.';

COMMENT ON COLUMN wallet_private.wallet.is_capped IS 'Whether the asset has, or once had, a cap: whether a movement has to look at its supply.';

COMMENT ON COLUMN wallet_private.wallet.head IS 'Hash of the last transfer: the head of the chain.';

COMMENT ON COLUMN wallet_private.wallet.feed_position IS 'feed_position of the last transfer; NULL where that has none.';

COMMENT ON COLUMN wallet_private.wallet.is_plain IS 'Whether a movement changes the balance and no more: see wallet_private.is_plain_wallet.';

CREATE VIEW wallet.balance AS
 SELECT u.user_id,
    (a.code COLLATE "default") AS asset,
    round(COALESCE(l.balance, (w.balance)::numeric, (0)::numeric), a.scale) AS balance,
    round(h.held, a.scale) AS held,
    round((COALESCE(l.balance, (w.balance)::numeric, (0)::numeric) - h.held), a.scale) AS available,
    (a.archived_at IS NOT NULL) AS is_archived,
    round(l.paid, a.scale) AS paid,
    round(l.free, a.scale) AS free,
    round(l.expiring, a.scale) AS expiring,
    l.expires_at,
        CASE
            WHEN w.is_plain THEN (0)::numeric
            ELSE round(COALESCE((( SELECT d.amount
               FROM wallet_private.debt d
              WHERE ((d.user_id = w.user_id) AND (d.asset_id = w.asset_id))))::numeric, (0)::numeric), a.scale)
        END AS debt
   FROM ((((wallet_private.user_account u
     CROSS JOIN wallet_private.asset a)
     LEFT JOIN wallet_private.wallet w ON (((u.user_id = w.user_id) AND (a.asset_id = w.asset_id))))
     CROSS JOIN LATERAL ( SELECT
                CASE
                    WHEN ((w.held)::numeric > (0)::numeric) THEN ((w.held)::numeric - ( SELECT COALESCE(sum(((o.amount)::numeric - (o.captured)::numeric)), (0)::numeric) AS "coalesce"
                       FROM wallet_private.hold o
                      WHERE ((o.user_id = u.user_id) AND (o.asset_id = a.asset_id) AND (o.status = 'open'::text) AND (o.expires_at <= statement_timestamp()))))
                    ELSE (0)::numeric
                END AS held) h)
     LEFT JOIN LATERAL ( SELECT COALESCE(sum(o.remaining), (0)::numeric) AS balance,
            COALESCE(sum(o.remaining) FILTER (WHERE (o.origin = 'paid'::text)), (0)::numeric) AS paid,
            COALESCE(sum(o.remaining) FILTER (WHERE (o.origin = 'free'::text)), (0)::numeric) AS free,
            sum((o.remaining - o.held)) FILTER (WHERE (o.expires_at = o.next_at)) AS expiring,
            min(o.next_at) AS expires_at
           FROM ( SELECT i.origin,
                    i.remaining,
                    i.held,
                    i.expires_at,
                    min(i.expires_at) FILTER (WHERE (i.remaining > i.held)) OVER () AS next_at
                   FROM wallet.list_lots(u.user_id, a.code) i(user_id, asset, lot_id, origin, amount, remaining, held, expires_at, transaction_id, created_at)
                  WHERE (a.lot_order IS NOT NULL)) o
         HAVING (a.lot_order IS NOT NULL)) l ON (true));

COMMENT ON VIEW wallet.balance IS 'Shows what each user has of each asset: the balance, how much of it is held, and how much is
available. For an asset with lots, paid and free make up the balance, and expiring expires next, at
expires_at. debt is what the user owes beside that.
Returns: a row for each user and asset, also where the balance is 0.
Locks: nothing.
Raises: nothing.';

CREATE VIEW wallet.economy_daily AS
 SELECT (a.code COLLATE "default") AS asset,
    d.day,
    d.issued,
    d.removed,
    d.issued_by_kind,
    d.removed_by_kind,
    sum((d.issued - d.removed)) OVER (PARTITION BY d.asset_id ORDER BY d.day) AS outstanding
   FROM (( SELECT k.asset_id,
            k.day,
            sum(k.issued) AS issued,
            sum(k.removed) AS removed,
            COALESCE(jsonb_object_agg(k.kind, k.issued) FILTER (WHERE (k.issued > (0)::numeric)), '{}'::jsonb) AS issued_by_kind,
            COALESCE(jsonb_object_agg(k.kind, k.removed) FILTER (WHERE (k.removed > (0)::numeric)), '{}'::jsonb) AS removed_by_kind
           FROM ( SELECT t.asset_id,
                    ((t.created_at AT TIME ZONE 'UTC'::text))::date AS day,
                    t.kind,
                    COALESCE(sum(t.amount) FILTER (WHERE (t.amount > (0)::numeric)), (0)::numeric) AS issued,
                    COALESCE((- sum(t.amount) FILTER (WHERE (t.amount < (0)::numeric))), (0)::numeric) AS removed
                   FROM wallet_private.transfer t
                  WHERE (t.amount <> (0)::numeric)
                  GROUP BY t.asset_id, (((t.created_at AT TIME ZONE 'UTC'::text))::date), t.kind) k
          GROUP BY k.asset_id, k.day) d
     JOIN wallet_private.asset a ON ((d.asset_id = a.asset_id)));

COMMENT ON VIEW wallet.economy_daily IS 'Shows faucets and sinks: what was issued and removed of each asset on each day (UTC), in all and by
kind, and what users held at the end of the day. It reads the whole ledger.
Returns: a row for each asset and day with movements.
Locks: nothing.
Raises: nothing.';

CREATE VIEW wallet.ledger_entry AS
 SELECT t.user_id,
    t.transaction_id,
    (t.leg)::integer AS leg,
    e.entry,
    e.entry_type,
        CASE
            WHEN e.is_user THEN 'USER'::text
            ELSE t.counterparty
        END AS account,
    (a.code COLLATE "default") AS asset,
    abs(t.amount) AS amount,
        CASE
            WHEN e.is_user THEN (t.balance_after)::numeric
            ELSE NULL::numeric
        END AS balance_after,
    (t.kind)::text AS kind,
    t.created_at,
    t.seq
   FROM ((wallet_private.transfer t
     JOIN wallet_private.asset a ON ((t.asset_id = a.asset_id)))
     CROSS JOIN LATERAL ( VALUES (1,'DEBIT'::text,(t.amount < (0)::numeric)), (2,'CREDIT'::text,(t.amount > (0)::numeric))) e(entry, entry_type, is_user))
  WHERE (t.amount <> (0)::numeric);

COMMENT ON VIEW wallet.ledger_entry IS 'Shows the double-entry ledger: a DEBIT and a CREDIT for each movement, on USER and on TREASURY.
Returns: two rows for each leg of each movement.
Locks: nothing.
Raises: nothing.';

CREATE TABLE wallet_private.action (
    action_id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    actor text NOT NULL,
    name text NOT NULL,
    subject text NOT NULL,
    details jsonb NOT NULL
);

COMMENT ON COLUMN wallet_private.action.details IS 'What it left behind; nothing personal.';

CREATE VIEW wallet.operator_action AS
 SELECT action_id,
    created_at,
    actor,
    name,
    subject,
    details
   FROM wallet_private.action a;

COMMENT ON VIEW wallet.operator_action IS 'Shows who changed what in the catalogue and in accounts, and what it was afterwards.
Returns: a row for each change.
Locks: nothing.
Raises: nothing.';

CREATE VIEW wallet.transaction AS
 SELECT t.user_id,
    t.transaction_id,
    (t.leg)::integer AS leg,
    (t.kind)::text AS kind,
    (a.code COLLATE "default") AS asset,
    t.amount,
    (t.balance_after)::numeric AS balance_after,
    t.counterparty,
    t.reference,
    (t.idempotency_key COLLATE "default") AS idempotency_key,
    t.details,
    t.metadata,
    t.actor,
    t.created_at,
    t.seq
   FROM (wallet_private.transfer t
     JOIN wallet_private.asset a ON ((t.asset_id = a.asset_id)))
  WHERE (t.amount <> (0)::numeric);

COMMENT ON VIEW wallet.transaction IS 'Shows every movement as the user sees it: the amount of a credit is positive, of a debit negative.
Returns: a row for each leg of each movement, in no order.
Locks: nothing.
Raises: nothing.';

CREATE VIEW wallet.treasury_balance AS
 SELECT (a.code COLLATE "default") AS asset,
    round(o.outstanding, a.scale) AS outstanding,
    round((- o.outstanding), a.scale) AS balance,
    (a.supply)::numeric AS supply,
    ((a.supply)::numeric - o.outstanding) AS remaining
   FROM (wallet_private.asset a
     CROSS JOIN LATERAL ( SELECT COALESCE(sum((w.balance)::numeric), (0)::numeric) AS outstanding
           FROM wallet_private.wallet w
          WHERE (w.asset_id = a.asset_id)) o);

COMMENT ON VIEW wallet.treasury_balance IS 'Shows the other side of the books: what users hold of each asset, and the treasury''s balance,
which is the negative of that. remaining is what may still be issued below a cap.
Returns: a row for each asset.
Locks: nothing.
Raises: nothing.';

ALTER TABLE wallet_private.action ALTER COLUMN action_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME wallet_private.action_action_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE wallet_private.alert ALTER COLUMN alert_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME wallet_private.alert_alert_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE wallet_private.alert_crossing (
    alert_id integer NOT NULL,
    user_id uuid NOT NULL
);

ALTER TABLE wallet_private.alert_event ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME wallet_private.alert_event_seq_seq
    START WITH 1000000000000000
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE wallet_private.alert_feed (
    is_only boolean DEFAULT true NOT NULL,
    place wallet_private.feed_place,
    feed_position bigint DEFAULT 0 NOT NULL,
    CONSTRAINT alert_feed_is_one_row_check CHECK (is_only)
)
WITH (fillfactor='50');

COMMENT ON COLUMN wallet_private.alert_feed.place IS 'Up to here all transfers were looked at.';

COMMENT ON COLUMN wallet_private.alert_feed.feed_position IS 'Of the last alert_event: later ones are not before it.';

CREATE TABLE wallet_private.alert_lot (
    alert_id integer NOT NULL,
    user_id uuid NOT NULL,
    lot_id bigint NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

ALTER TABLE wallet_private.asset ALTER COLUMN asset_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME wallet_private.asset_asset_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE wallet_private.barred_claim (
    claim_id uuid NOT NULL,
    barred_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE wallet_private.budget (
    campaign_id integer NOT NULL,
    stripe integer NOT NULL,
    available wallet_private.amount,
    granted wallet_private.amount DEFAULT 0 NOT NULL,
    users bigint DEFAULT 0 NOT NULL,
    CONSTRAINT budget_available_is_not_negative_check CHECK (((available)::numeric >= (0)::numeric))
)
WITH (fillfactor='50');

COMMENT ON COLUMN wallet_private.budget.available IS 'NULL = no limit.';

COMMENT ON COLUMN wallet_private.budget.granted IS 'What it has given; what was reversed since is given still.';

ALTER TABLE wallet_private.campaign ALTER COLUMN campaign_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME wallet_private.campaign_campaign_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE wallet_private.catalogue_copy (
    place integer NOT NULL,
    catalogue bigint NOT NULL
);

CREATE TABLE wallet_private.checkpoint (
    checkpoint_id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    wallets bigint NOT NULL,
    transfers wallet_private.amount NOT NULL,
    root bytea NOT NULL
);

ALTER TABLE wallet_private.checkpoint ALTER COLUMN checkpoint_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME wallet_private.checkpoint_checkpoint_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE wallet_private.cluster_checkpoint (
    checkpoint_id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    checkpoint_ids bigint[] NOT NULL
);

COMMENT ON COLUMN wallet_private.cluster_checkpoint.checkpoint_ids IS 'The checkpoint_id of each partition.';

ALTER TABLE wallet_private.cluster_checkpoint ALTER COLUMN checkpoint_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME wallet_private.cluster_checkpoint_checkpoint_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE wallet_private.conversion_rate ALTER COLUMN rate_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME wallet_private.conversion_rate_rate_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE wallet_private.credential (
    user_id uuid NOT NULL,
    password_hash text NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE wallet_private.erased_chain (
    user_id uuid NOT NULL,
    asset_id integer NOT NULL,
    seq bigint NOT NULL,
    erased_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

COMMENT ON COLUMN wallet_private.erased_chain.seq IS 'From this transfer on it was made anew.';

CREATE TABLE wallet_private.feed (
    is_only boolean DEFAULT true NOT NULL,
    base bigint DEFAULT 0 NOT NULL,
    system_identifier bigint NOT NULL,
    is_whole boolean NOT NULL,
    own_identity text,
    identity text,
    CONSTRAINT feed_is_one_row_check CHECK (is_only)
);

COMMENT ON COLUMN wallet_private.feed.base IS 'Added to the number of a transaction: more than any feed_position of an earlier server.';

COMMENT ON COLUMN wallet_private.feed.system_identifier IS 'Of the server that base is for.';

COMMENT ON COLUMN wallet_private.feed.is_whole IS 'Whether every transfer has a position.';

COMMENT ON COLUMN wallet_private.feed.own_identity IS 'Of this database where it has moved to: as long as it is that, it counts as identity.';

COMMENT ON COLUMN wallet_private.feed.identity IS 'What it was where it came from.';

CREATE TABLE wallet_private.fold (
    is_only boolean DEFAULT true NOT NULL,
    place wallet_private.feed_place NOT NULL,
    ranked_day date,
    CONSTRAINT fold_is_one_row_check CHECK (is_only)
);

COMMENT ON COLUMN wallet_private.fold.place IS 'Up to here the transfers are in daily. Those that were brought over are there at once.';

COMMENT ON COLUMN wallet_private.fold.ranked_day IS 'The last day of those that leader is of; NULL: they have to be counted anew.';

CREATE TABLE wallet_private.half_erased (
    user_id uuid NOT NULL,
    external_id text,
    email text,
    erased_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE wallet_private.hold_capture (
    user_id uuid NOT NULL,
    hold_id uuid NOT NULL,
    transaction_id uuid NOT NULL,
    amount wallet_private.amount NOT NULL,
    captured_at timestamp with time zone NOT NULL,
    CONSTRAINT hold_capture_amount_is_positive_check CHECK (((amount)::numeric > (0)::numeric))
);

ALTER TABLE wallet_private.item ALTER COLUMN item_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME wallet_private.item_item_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE wallet_private.limit_rule ALTER COLUMN limit_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME wallet_private.limit_rule_limit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE wallet_private.limit_use (
    user_id uuid NOT NULL,
    limit_id bigint NOT NULL,
    period bigint NOT NULL,
    used wallet_private.quantity NOT NULL
)
WITH (fillfactor='66');

COMMENT ON COLUMN wallet_private.limit_use.period IS 'The days from 1970-01-01 to its first day; of a rolling limit the hundredths before it.';

CREATE TABLE wallet_private.migration (
    file_name text NOT NULL COLLATE pg_catalog."C",
    content_hash bytea NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL,
    applied_by text DEFAULT SESSION_USER NOT NULL
);

COMMENT ON TABLE wallet_private.migration IS 'One row for each file of db/ as it was last applied, with the sha256 of its bytes.';

CREATE TABLE wallet_private.name (
    kind text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    claim_id uuid NOT NULL,
    place integer NOT NULL,
    user_id uuid,
    claimed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT name_kind_is_known_check CHECK ((kind = ANY (ARRAY['email'::text, 'external_id'::text])))
);

COMMENT ON COLUMN wallet_private.name.place IS 'The partition that makes, or has, the user.';

CREATE TABLE wallet_private.partition (
    number integer NOT NULL,
    partitions integer NOT NULL,
    catalogue bigint DEFAULT 0 NOT NULL,
    CONSTRAINT partition_number_is_below_partitions_check CHECK (((number >= 0) AND (number < partitions))),
    CONSTRAINT partition_partitions_is_a_power_of_two_check CHECK (((partitions > 0) AND ((partitions & (partitions - 1)) = 0)))
);

COMMENT ON TABLE wallet_private.partition IS 'One row in a partition, none in a wallet of its own.';

COMMENT ON COLUMN wallet_private.partition.catalogue IS 'Counts the changes of the catalogue: partition 0 all of them, the others those they have.';

CREATE TABLE wallet_private.purchase (
    user_id uuid NOT NULL,
    transaction_id uuid NOT NULL,
    item_id bigint NOT NULL,
    quantity integer NOT NULL,
    returned integer DEFAULT 0 NOT NULL,
    unit_price wallet_private.amount NOT NULL,
    purchased_at timestamp with time zone NOT NULL,
    CONSTRAINT purchase_quantity_is_positive_check CHECK ((quantity > 0)),
    CONSTRAINT purchase_returned_is_within_quantity_check CHECK (((returned >= 0) AND (returned <= quantity)))
);

CREATE TABLE wallet_private.reversal (
    user_id uuid NOT NULL,
    transaction_id uuid NOT NULL,
    reversal_id uuid NOT NULL,
    amount wallet_private.amount NOT NULL,
    CONSTRAINT reversal_amount_is_positive_check CHECK (((amount)::numeric > (0)::numeric))
);

COMMENT ON COLUMN wallet_private.reversal.amount IS 'Of the original''s first leg, unsigned.';

CREATE TABLE wallet_private.share_move (
    move_id uuid NOT NULL,
    is_in boolean NOT NULL,
    kind text NOT NULL,
    code text NOT NULL,
    amount wallet_private.quantity NOT NULL,
    peer integer NOT NULL,
    moved_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT share_move_amount_is_positive_check CHECK (((amount)::numeric > (0)::numeric))
);

COMMENT ON TABLE wallet_private.share_move IS 'What was given to other partitions, or got from them. At first partition 0 has all of it.';

ALTER TABLE wallet_private.subscription ALTER COLUMN subscription_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME wallet_private.subscription_subscription_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE wallet_private.supply (
    asset_id integer NOT NULL,
    stripe integer NOT NULL,
    available wallet_private.amount NOT NULL,
    CONSTRAINT supply_available_is_not_negative_check CHECK (((available)::numeric >= (0)::numeric))
)
WITH (fillfactor='50');

CREATE TABLE wallet_private.task_completion (
    user_id uuid NOT NULL,
    task_id bigint NOT NULL,
    ordinal integer NOT NULL,
    transaction_id uuid NOT NULL,
    completed_at timestamp with time zone NOT NULL,
    period date
);

COMMENT ON COLUMN wallet_private.task_completion.ordinal IS 'This user''s how-manieth completion: unique, so a limit can''t be passed by a race.';

COMMENT ON COLUMN wallet_private.task_completion.period IS 'The first day of the period that it is for.';

ALTER TABLE wallet_private.task ALTER COLUMN task_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME wallet_private.task_task_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE wallet_private.threshold (
    function text NOT NULL COLLATE pg_catalog."C",
    asset_id integer NOT NULL,
    most wallet_private.quantity NOT NULL
);

COMMENT ON COLUMN wallet_private.threshold.most IS 'What one operator may do with one call of the function. More waits for a second one.';

ALTER TABLE ONLY wallet_private.action
    ADD CONSTRAINT action_pkey PRIMARY KEY (action_id);

ALTER TABLE ONLY wallet_private.alert
    ADD CONSTRAINT alert_code_key UNIQUE (code);

ALTER TABLE ONLY wallet_private.alert_crossing
    ADD CONSTRAINT alert_crossing_pkey PRIMARY KEY (alert_id, user_id);

ALTER TABLE ONLY wallet_private.alert_event
    ADD CONSTRAINT alert_event_event_id_key UNIQUE (event_id);

ALTER TABLE ONLY wallet_private.alert_event
    ADD CONSTRAINT alert_event_pkey PRIMARY KEY (seq);

ALTER TABLE ONLY wallet_private.alert_feed
    ADD CONSTRAINT alert_feed_pkey PRIMARY KEY (is_only);

ALTER TABLE ONLY wallet_private.alert_lot
    ADD CONSTRAINT alert_lot_pkey PRIMARY KEY (alert_id, user_id, lot_id, expires_at);

ALTER TABLE ONLY wallet_private.alert
    ADD CONSTRAINT alert_pkey PRIMARY KEY (alert_id);

ALTER DOMAIN wallet_private.amount
    ADD CONSTRAINT amount_is_finite_check CHECK (((VALUE > '-Infinity'::numeric) AND (VALUE < 'Infinity'::numeric))) NOT VALID;

ALTER TABLE ONLY wallet_private.asset
    ADD CONSTRAINT asset_code_key UNIQUE (code);

ALTER TABLE wallet_private.asset
    ADD CONSTRAINT asset_lot_order_is_known_check CHECK ((lot_order = ANY (ARRAY['expiring_first'::text, 'free_first'::text, 'paid_first'::text]))) NOT VALID;

ALTER TABLE ONLY wallet_private.asset
    ADD CONSTRAINT asset_pkey PRIMARY KEY (asset_id);

ALTER TABLE wallet_private.asset
    ADD CONSTRAINT asset_without_lots_does_not_expire_check CHECK (((lot_order IS NOT NULL) OR ((expires_in IS NULL) AND (NOT is_paid_expiring)))) NOT VALID;

ALTER TABLE ONLY wallet_private.barred_claim
    ADD CONSTRAINT barred_claim_pkey PRIMARY KEY (claim_id);

ALTER TABLE ONLY wallet_private.budget
    ADD CONSTRAINT budget_pkey PRIMARY KEY (campaign_id, stripe);

ALTER TABLE ONLY wallet_private.campaign
    ADD CONSTRAINT campaign_code_key UNIQUE (code);

ALTER TABLE ONLY wallet_private.campaign
    ADD CONSTRAINT campaign_pkey PRIMARY KEY (campaign_id);

ALTER TABLE ONLY wallet_private.catalogue_copy
    ADD CONSTRAINT catalogue_copy_pkey PRIMARY KEY (place);

ALTER TABLE ONLY wallet_private.checkpoint_head
    ADD CONSTRAINT checkpoint_head_pkey PRIMARY KEY (user_id, asset_id, checkpoint_id);

ALTER TABLE ONLY wallet_private.checkpoint
    ADD CONSTRAINT checkpoint_pkey PRIMARY KEY (checkpoint_id);

ALTER TABLE ONLY wallet_private.cluster_checkpoint
    ADD CONSTRAINT cluster_checkpoint_pkey PRIMARY KEY (checkpoint_id);

ALTER TABLE ONLY wallet_private.conversion_rate
    ADD CONSTRAINT conversion_rate_pkey PRIMARY KEY (rate_id);

ALTER TABLE ONLY wallet_private.credential
    ADD CONSTRAINT credential_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY wallet_private.daily
    ADD CONSTRAINT daily_pkey PRIMARY KEY (asset_id, day, kind);

ALTER TABLE ONLY wallet_private.debt
    ADD CONSTRAINT debt_pkey PRIMARY KEY (user_id, asset_id);

ALTER TABLE ONLY wallet_private.erased_chain
    ADD CONSTRAINT erased_chain_pkey PRIMARY KEY (user_id, asset_id);

ALTER TABLE ONLY wallet_private.feed
    ADD CONSTRAINT feed_pkey PRIMARY KEY (is_only);

ALTER TABLE ONLY wallet_private.fold
    ADD CONSTRAINT fold_pkey PRIMARY KEY (is_only);

ALTER TABLE ONLY wallet_private.half_erased
    ADD CONSTRAINT half_erased_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY wallet_private.hold_capture
    ADD CONSTRAINT hold_capture_pkey PRIMARY KEY (user_id, hold_id, transaction_id);

ALTER TABLE ONLY wallet_private.hold
    ADD CONSTRAINT hold_pkey PRIMARY KEY (user_id, hold_id);

ALTER TABLE ONLY wallet_private.item
    ADD CONSTRAINT item_code_key UNIQUE (code);

ALTER TABLE ONLY wallet_private.item
    ADD CONSTRAINT item_pkey PRIMARY KEY (item_id);

ALTER DOMAIN wallet_private.kind
    ADD CONSTRAINT kind_is_known_check CHECK ((VALUE = ANY (ARRAY['TOPUP'::text, 'BONUS'::text, 'SPEND'::text, 'CONVERT'::text, 'TASK'::text, 'PURCHASE'::text, 'CAPTURE'::text, 'REVERSAL'::text, 'ADJUST'::text, 'EXPIRE'::text, 'REFUND'::text, 'REPAY'::text, 'FORGIVE'::text, 'HOLD'::text, 'RELEASE'::text]))) NOT VALID;

ALTER TABLE ONLY wallet_private.leader
    ADD CONSTRAINT leader_pkey PRIMARY KEY (asset_id, days, direction, rank);

ALTER TABLE ONLY wallet_private.limit_rule
    ADD CONSTRAINT limit_rule_code_key UNIQUE (code);

ALTER TABLE ONLY wallet_private.limit_rule
    ADD CONSTRAINT limit_rule_pkey PRIMARY KEY (limit_id);

ALTER TABLE ONLY wallet_private.limit_use
    ADD CONSTRAINT limit_use_pkey PRIMARY KEY (user_id, limit_id, period);

ALTER TABLE ONLY wallet_private.lot
    ADD CONSTRAINT lot_pkey PRIMARY KEY (user_id, asset_id, lot_id);

ALTER TABLE ONLY wallet_private.migration
    ADD CONSTRAINT migration_pkey PRIMARY KEY (file_name);

ALTER TABLE ONLY wallet_private.name
    ADD CONSTRAINT name_pkey PRIMARY KEY (name, kind);

ALTER TABLE ONLY wallet_private.partition
    ADD CONSTRAINT partition_pkey PRIMARY KEY (partitions);

ALTER TABLE ONLY wallet_private.proposal
    ADD CONSTRAINT proposal_pkey PRIMARY KEY (proposal_id);

ALTER TABLE ONLY wallet_private.proposal
    ADD CONSTRAINT proposal_proposed_by_idempotency_key_key UNIQUE (proposed_by, idempotency_key);

ALTER TABLE ONLY wallet_private.purchase
    ADD CONSTRAINT purchase_pkey PRIMARY KEY (user_id, transaction_id);

ALTER DOMAIN wallet_private.quantity
    ADD CONSTRAINT quantity_is_finite_check CHECK ((VALUE < 'Infinity'::numeric)) NOT VALID;

ALTER TABLE ONLY wallet_private.refund
    ADD CONSTRAINT refund_pkey PRIMARY KEY (user_id, transaction_id, signed_at);

ALTER TABLE ONLY wallet_private.refund
    ADD CONSTRAINT refund_refund_id_key UNIQUE (user_id, refund_id);

ALTER TABLE ONLY wallet_private.reversal
    ADD CONSTRAINT reversal_pkey PRIMARY KEY (user_id, transaction_id, reversal_id);

ALTER TABLE ONLY wallet_private.reversal
    ADD CONSTRAINT reversal_reversal_id_key UNIQUE (user_id, reversal_id);

ALTER TABLE wallet_private.share_move
    ADD CONSTRAINT share_move_kind_is_known_check CHECK ((kind = ANY (ARRAY['supply'::text, 'stock'::text, 'budget'::text]))) NOT VALID;

ALTER TABLE ONLY wallet_private.share_move
    ADD CONSTRAINT share_move_pkey PRIMARY KEY (move_id);

ALTER TABLE ONLY wallet_private.spread
    ADD CONSTRAINT spread_pkey PRIMARY KEY (asset_id, day, step);

ALTER TABLE ONLY wallet_private.subscription
    ADD CONSTRAINT subscription_code_key UNIQUE (code);

ALTER TABLE ONLY wallet_private.subscription
    ADD CONSTRAINT subscription_pkey PRIMARY KEY (subscription_id);

ALTER TABLE ONLY wallet_private.supply
    ADD CONSTRAINT supply_pkey PRIMARY KEY (asset_id, stripe);

ALTER TABLE ONLY wallet_private.task
    ADD CONSTRAINT task_code_key UNIQUE (code);

ALTER TABLE ONLY wallet_private.task_completion
    ADD CONSTRAINT task_completion_pkey PRIMARY KEY (user_id, task_id, ordinal);

ALTER TABLE wallet_private.task
    ADD CONSTRAINT task_period_has_a_zone_check CHECK (((period IS NULL) = (time_zone IS NULL))) NOT VALID;

ALTER TABLE wallet_private.task
    ADD CONSTRAINT task_period_is_known_check CHECK ((period = ANY (ARRAY['day'::text, 'week'::text, 'month'::text]))) NOT VALID;

ALTER TABLE ONLY wallet_private.task
    ADD CONSTRAINT task_pkey PRIMARY KEY (task_id);

ALTER TABLE ONLY wallet_private.threshold
    ADD CONSTRAINT threshold_pkey PRIMARY KEY (function, asset_id);

ALTER TABLE ONLY wallet_private.transfer
    ADD CONSTRAINT transfer_pkey PRIMARY KEY (user_id, asset_id, seq);

ALTER TABLE ONLY wallet_private.user_account
    ADD CONSTRAINT user_account_external_id_key UNIQUE (external_id);

ALTER TABLE ONLY wallet_private.user_account
    ADD CONSTRAINT user_account_pkey PRIMARY KEY (user_id);

ALTER TABLE wallet_private.user_account
    ADD CONSTRAINT user_account_role_is_known_check CHECK ((role = ANY (ARRAY['user'::text, 'support'::text, 'service'::text, 'admin'::text]))) NOT VALID;

ALTER TABLE wallet_private.user_account
    ADD CONSTRAINT user_account_status_is_known_check CHECK ((status = ANY (ARRAY['active'::text, 'frozen'::text, 'closed'::text, 'erased'::text]))) NOT VALID;

ALTER TABLE ONLY wallet_private.wallet
    ADD CONSTRAINT wallet_pkey PRIMARY KEY (user_id, asset_id);

ALTER TABLE ONLY wallet_private.webhook_event
    ADD CONSTRAINT webhook_event_pkey PRIMARY KEY (subscription_id, user_id, asset_id, seq);

ALTER TABLE ONLY wallet_private.webhook
    ADD CONSTRAINT webhook_pkey PRIMARY KEY (subscription_id);

CREATE INDEX action_erase_user_idx ON wallet_private.action USING btree (subject) WHERE (name = 'erase_user'::text);

CREATE INDEX alert_event_feed_position_idx ON wallet_private.alert_event USING btree (feed_position, user_id, asset_id, seq);

CREATE INDEX alert_lot_expires_at_idx ON wallet_private.alert_lot USING btree (expires_at);

CREATE UNIQUE INDEX conversion_rate_current_idx ON wallet_private.conversion_rate USING btree (from_asset_id, to_asset_id) WHERE (replaced_at IS NULL);

CREATE INDEX hold_expires_at_idx ON wallet_private.hold USING btree (expires_at) WHERE (status = 'open'::text);

CREATE INDEX hold_open_idx ON wallet_private.hold USING btree (user_id, asset_id, expires_at) WHERE (status = 'open'::text);

CREATE INDEX limit_rule_asset_id_idx ON wallet_private.limit_rule USING btree (asset_id);

CREATE INDEX lot_expires_at_idx ON wallet_private.lot USING btree (expires_at) WHERE (is_open AND (expires_at IS NOT NULL));

CREATE INDEX lot_open_idx ON wallet_private.lot USING btree (user_id, asset_id) WHERE is_open;

CREATE INDEX proposal_running_idx ON wallet_private.proposal USING btree (proposal_id) WHERE (status = 'running'::text);

CREATE INDEX proposal_user_id_idx ON wallet_private.proposal USING btree (user_id) WHERE (user_id IS NOT NULL);

CREATE INDEX purchase_user_id_item_id_idx ON wallet_private.purchase USING btree (user_id, item_id);

CREATE INDEX share_move_code_idx ON wallet_private.share_move USING btree (code, kind);

CREATE INDEX transfer_feed_position_idx ON wallet_private.transfer USING btree (feed_position);

CREATE UNIQUE INDEX transfer_key_idx ON wallet_private.transfer USING btree (user_id, hashtextextended(idempotency_key, (0)::bigint));

CREATE INDEX transfer_transaction_id_idx ON wallet_private.transfer USING btree (transaction_id);

CREATE UNIQUE INDEX user_account_email_idx ON wallet_private.user_account USING btree (lower((email COLLATE "C")));

CREATE INDEX user_account_name_idx ON wallet_private.user_account USING btree (lower((name COLLATE "C")));

CREATE INDEX webhook_event_next_try_at_idx ON wallet_private.webhook_event USING btree (subscription_id, next_try_at) WHERE (next_try_at IS NOT NULL);

CREATE TRIGGER action_refuse_change BEFORE DELETE OR UPDATE OR TRUNCATE ON wallet_private.action FOR EACH STATEMENT EXECUTE FUNCTION wallet_private.refuse_change();

ALTER TABLE wallet_private.action ENABLE ALWAYS TRIGGER action_refuse_change;

CREATE TRIGGER checkpoint_head_refuse_change BEFORE DELETE OR UPDATE OR TRUNCATE ON wallet_private.checkpoint_head FOR EACH STATEMENT EXECUTE FUNCTION wallet_private.refuse_change();

ALTER TABLE wallet_private.checkpoint_head ENABLE ALWAYS TRIGGER checkpoint_head_refuse_change;

CREATE TRIGGER checkpoint_refuse_change BEFORE DELETE OR UPDATE OR TRUNCATE ON wallet_private.checkpoint FOR EACH STATEMENT EXECUTE FUNCTION wallet_private.refuse_change();

ALTER TABLE wallet_private.checkpoint ENABLE ALWAYS TRIGGER checkpoint_refuse_change;

CREATE TRIGGER cluster_checkpoint_refuse_change BEFORE DELETE OR UPDATE OR TRUNCATE ON wallet_private.cluster_checkpoint FOR EACH STATEMENT EXECUTE FUNCTION wallet_private.refuse_change();

ALTER TABLE wallet_private.cluster_checkpoint ENABLE ALWAYS TRIGGER cluster_checkpoint_refuse_change;

CREATE TRIGGER erased_chain_refuse_change BEFORE DELETE OR UPDATE OR TRUNCATE ON wallet_private.erased_chain FOR EACH STATEMENT EXECUTE FUNCTION wallet_private.refuse_change();

ALTER TABLE wallet_private.erased_chain ENABLE ALWAYS TRIGGER erased_chain_refuse_change;

CREATE TRIGGER hold_capture_refuse_change BEFORE DELETE OR UPDATE OR TRUNCATE ON wallet_private.hold_capture FOR EACH STATEMENT EXECUTE FUNCTION wallet_private.refuse_change();

ALTER TABLE wallet_private.hold_capture ENABLE ALWAYS TRIGGER hold_capture_refuse_change;

CREATE TRIGGER refund_refuse_change BEFORE DELETE OR UPDATE OR TRUNCATE ON wallet_private.refund FOR EACH STATEMENT EXECUTE FUNCTION wallet_private.refuse_change();

ALTER TABLE wallet_private.refund ENABLE ALWAYS TRIGGER refund_refuse_change;

CREATE TRIGGER reversal_refuse_change BEFORE DELETE OR UPDATE OR TRUNCATE ON wallet_private.reversal FOR EACH STATEMENT EXECUTE FUNCTION wallet_private.refuse_change();

ALTER TABLE wallet_private.reversal ENABLE ALWAYS TRIGGER reversal_refuse_change;

CREATE TRIGGER transfer_refuse_change BEFORE DELETE OR UPDATE OR TRUNCATE ON wallet_private.transfer FOR EACH STATEMENT EXECUTE FUNCTION wallet_private.refuse_change();

ALTER TABLE wallet_private.transfer ENABLE ALWAYS TRIGGER transfer_refuse_change;

CREATE TRIGGER user_account_refuse_external_id BEFORE UPDATE OF external_id ON wallet_private.user_account FOR EACH ROW WHEN (((old.external_id IS DISTINCT FROM new.external_id) AND (old.external_id IS NOT NULL) AND (new.status <> 'erased'::text))) EXECUTE FUNCTION wallet_private.refuse_external_id();

ALTER TABLE ONLY wallet_private.alert
    ADD CONSTRAINT alert_asset_id_fkey FOREIGN KEY (asset_id) REFERENCES wallet_private.asset(asset_id);

ALTER TABLE ONLY wallet_private.alert
    ADD CONSTRAINT alert_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES wallet_private.campaign(campaign_id);

ALTER TABLE ONLY wallet_private.alert_crossing
    ADD CONSTRAINT alert_crossing_alert_id_fkey FOREIGN KEY (alert_id) REFERENCES wallet_private.alert(alert_id) ON DELETE CASCADE;

ALTER TABLE ONLY wallet_private.alert_lot
    ADD CONSTRAINT alert_lot_alert_id_fkey FOREIGN KEY (alert_id) REFERENCES wallet_private.alert(alert_id) ON DELETE CASCADE;

ALTER TABLE ONLY wallet_private.budget
    ADD CONSTRAINT budget_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES wallet_private.campaign(campaign_id);

ALTER TABLE ONLY wallet_private.campaign
    ADD CONSTRAINT campaign_asset_id_fkey FOREIGN KEY (asset_id) REFERENCES wallet_private.asset(asset_id);

ALTER TABLE ONLY wallet_private.checkpoint_head
    ADD CONSTRAINT checkpoint_head_checkpoint_id_fkey FOREIGN KEY (checkpoint_id) REFERENCES wallet_private.checkpoint(checkpoint_id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY wallet_private.conversion_rate
    ADD CONSTRAINT conversion_rate_from_asset_id_fkey FOREIGN KEY (from_asset_id) REFERENCES wallet_private.asset(asset_id);

ALTER TABLE ONLY wallet_private.conversion_rate
    ADD CONSTRAINT conversion_rate_to_asset_id_fkey FOREIGN KEY (to_asset_id) REFERENCES wallet_private.asset(asset_id);

ALTER TABLE ONLY wallet_private.credential
    ADD CONSTRAINT credential_user_id_fkey FOREIGN KEY (user_id) REFERENCES wallet_private.user_account(user_id) ON DELETE CASCADE;

ALTER TABLE ONLY wallet_private.hold_capture
    ADD CONSTRAINT hold_capture_hold_id_fkey FOREIGN KEY (user_id, hold_id) REFERENCES wallet_private.hold(user_id, hold_id);

ALTER TABLE ONLY wallet_private.item
    ADD CONSTRAINT item_asset_id_fkey FOREIGN KEY (asset_id) REFERENCES wallet_private.asset(asset_id);

ALTER TABLE ONLY wallet_private.limit_rule
    ADD CONSTRAINT limit_rule_asset_id_fkey FOREIGN KEY (asset_id) REFERENCES wallet_private.asset(asset_id);

ALTER TABLE ONLY wallet_private.proposal
    ADD CONSTRAINT proposal_user_id_fkey FOREIGN KEY (user_id) REFERENCES wallet_private.user_account(user_id);

ALTER TABLE ONLY wallet_private.purchase
    ADD CONSTRAINT purchase_item_id_fkey FOREIGN KEY (item_id) REFERENCES wallet_private.item(item_id);

ALTER TABLE ONLY wallet_private.supply
    ADD CONSTRAINT supply_asset_id_fkey FOREIGN KEY (asset_id) REFERENCES wallet_private.asset(asset_id);

ALTER TABLE ONLY wallet_private.task
    ADD CONSTRAINT task_asset_id_fkey FOREIGN KEY (asset_id) REFERENCES wallet_private.asset(asset_id);

ALTER TABLE ONLY wallet_private.task_completion
    ADD CONSTRAINT task_completion_task_id_fkey FOREIGN KEY (task_id) REFERENCES wallet_private.task(task_id);

ALTER TABLE ONLY wallet_private.threshold
    ADD CONSTRAINT threshold_asset_id_fkey FOREIGN KEY (asset_id) REFERENCES wallet_private.asset(asset_id);

ALTER TABLE ONLY wallet_private.wallet
    ADD CONSTRAINT wallet_asset_id_fkey FOREIGN KEY (asset_id) REFERENCES wallet_private.asset(asset_id);

ALTER TABLE ONLY wallet_private.wallet
    ADD CONSTRAINT wallet_user_id_fkey FOREIGN KEY (user_id) REFERENCES wallet_private.user_account(user_id);

ALTER TABLE ONLY wallet_private.webhook_event
    ADD CONSTRAINT webhook_event_subscription_id_fkey FOREIGN KEY (subscription_id) REFERENCES wallet_private.webhook(subscription_id) ON DELETE CASCADE;

ALTER TABLE ONLY wallet_private.webhook
    ADD CONSTRAINT webhook_subscription_id_fkey FOREIGN KEY (subscription_id) REFERENCES wallet_private.subscription(subscription_id) ON DELETE CASCADE;

GRANT USAGE ON SCHEMA wallet TO wallet_gateway;
GRANT USAGE ON SCHEMA wallet TO wallet_operator;
GRANT USAGE ON SCHEMA wallet TO wallet_auditor;

REVOKE ALL ON TYPE wallet.action_item FROM PUBLIC;

REVOKE ALL ON TYPE wallet.alert FROM PUBLIC;

REVOKE ALL ON TYPE wallet.alert_check FROM PUBLIC;

REVOKE ALL ON TYPE wallet.asset FROM PUBLIC;

REVOKE ALL ON TYPE wallet.balance_item FROM PUBLIC;

REVOKE ALL ON TYPE wallet.batch_result FROM PUBLIC;

REVOKE ALL ON TYPE wallet.campaign FROM PUBLIC;

REVOKE ALL ON TYPE wallet.capture_receipt FROM PUBLIC;

REVOKE ALL ON TYPE wallet.checkpoint FROM PUBLIC;

REVOKE ALL ON TYPE wallet.checkpoint_item FROM PUBLIC;

REVOKE ALL ON TYPE wallet.consumption FROM PUBLIC;

REVOKE ALL ON TYPE wallet.conversion_rate FROM PUBLIC;

REVOKE ALL ON TYPE wallet.conversion_receipt FROM PUBLIC;

REVOKE ALL ON TYPE wallet.credential FROM PUBLIC;

REVOKE ALL ON TYPE wallet.debt_receipt FROM PUBLIC;

REVOKE ALL ON TYPE wallet.distribution_day FROM PUBLIC;

REVOKE ALL ON TYPE wallet.economy_day FROM PUBLIC;

REVOKE ALL ON TYPE wallet.entry FROM PUBLIC;

REVOKE ALL ON TYPE wallet.entry_item FROM PUBLIC;

REVOKE ALL ON TYPE wallet.event FROM PUBLIC;

REVOKE ALL ON TYPE wallet.event_page FROM PUBLIC;

REVOKE ALL ON TYPE wallet.finding FROM PUBLIC;

REVOKE ALL ON TYPE wallet.grant_request FROM PUBLIC;

REVOKE ALL ON TYPE wallet.refusal FROM PUBLIC;

REVOKE ALL ON TYPE wallet.grant_result FROM PUBLIC;

REVOKE ALL ON TYPE wallet.hold FROM PUBLIC;

REVOKE ALL ON TYPE wallet.hold_item FROM PUBLIC;

REVOKE ALL ON TYPE wallet.import_result FROM PUBLIC;

REVOKE ALL ON TYPE wallet.item FROM PUBLIC;

REVOKE ALL ON TYPE wallet.leader FROM PUBLIC;

REVOKE ALL ON TYPE wallet.liability_item FROM PUBLIC;

REVOKE ALL ON TYPE wallet.limit_rule FROM PUBLIC;

REVOKE ALL ON TYPE wallet.limit_use FROM PUBLIC;

REVOKE ALL ON TYPE wallet.lot FROM PUBLIC;

REVOKE ALL ON TYPE wallet.new_user FROM PUBLIC;

REVOKE ALL ON TYPE wallet.news FROM PUBLIC;

REVOKE ALL ON TYPE wallet.proposal FROM PUBLIC;

REVOKE ALL ON TYPE wallet.proposal_item FROM PUBLIC;

REVOKE ALL ON TYPE wallet.purchase_receipt FROM PUBLIC;

REVOKE ALL ON TYPE wallet.receipt FROM PUBLIC;

REVOKE ALL ON TYPE wallet.refund_receipt FROM PUBLIC;

REVOKE ALL ON TYPE wallet.request FROM PUBLIC;

REVOKE ALL ON TYPE wallet.reversal_receipt FROM PUBLIC;

REVOKE ALL ON TYPE wallet.sign_up_result FROM PUBLIC;

REVOKE ALL ON TYPE wallet.spread_change FROM PUBLIC;

REVOKE ALL ON TYPE wallet.statement_line FROM PUBLIC;

REVOKE ALL ON TYPE wallet.subscription FROM PUBLIC;

REVOKE ALL ON TYPE wallet.task FROM PUBLIC;

REVOKE ALL ON TYPE wallet.task_receipt FROM PUBLIC;

REVOKE ALL ON TYPE wallet.threshold FROM PUBLIC;

REVOKE ALL ON TYPE wallet.token_state FROM PUBLIC;

REVOKE ALL ON TYPE wallet.transaction_detail FROM PUBLIC;

REVOKE ALL ON TYPE wallet.transaction_item FROM PUBLIC;

REVOKE ALL ON TYPE wallet.treasury_item FROM PUBLIC;

REVOKE ALL ON TYPE wallet."user" FROM PUBLIC;

REVOKE ALL ON TYPE wallet.user_key FROM PUBLIC;

REVOKE ALL ON TYPE wallet.user_request FROM PUBLIC;

REVOKE ALL ON TYPE wallet.verify_page FROM PUBLIC;

REVOKE ALL ON TYPE wallet.webhook FROM PUBLIC;

REVOKE ALL ON TYPE wallet.webhook_batch FROM PUBLIC;

REVOKE ALL ON TYPE wallet.webhook_failure FROM PUBLIC;

REVOKE ALL ON TYPE wallet.webhook_result FROM PUBLIC;

REVOKE ALL ON TYPE wallet_private.amount FROM PUBLIC;

REVOKE ALL ON TYPE wallet_private.kind FROM PUBLIC;

REVOKE ALL ON TYPE wallet_private.quantity FROM PUBLIC;

REVOKE ALL ON TYPE wallet_private.batch_item FROM PUBLIC;

REVOKE ALL ON TYPE wallet_private.feed_place FROM PUBLIC;

REVOKE ALL ON TYPE wallet_private.fold_step FROM PUBLIC;

REVOKE ALL ON TYPE wallet_private.hashed FROM PUBLIC;

REVOKE ALL ON TYPE wallet_private.history_item FROM PUBLIC;

REVOKE ALL ON TYPE wallet_private.history_line FROM PUBLIC;

REVOKE ALL ON TYPE wallet_private.history_result FROM PUBLIC;

REVOKE ALL ON TYPE wallet_private.origin FROM PUBLIC;

GRANT SELECT ON TABLE wallet.balance TO wallet_auditor;

GRANT SELECT ON TABLE wallet.economy_daily TO wallet_auditor;

GRANT SELECT ON TABLE wallet.ledger_entry TO wallet_auditor;

GRANT SELECT ON TABLE wallet.operator_action TO wallet_auditor;

GRANT SELECT ON TABLE wallet.transaction TO wallet_auditor;

GRANT SELECT ON TABLE wallet.treasury_balance TO wallet_auditor;

ALTER DEFAULT PRIVILEGES FOR ROLE wallet_owner REVOKE ALL ON TYPES FROM PUBLIC;

ALTER DEFAULT PRIVILEGES FOR ROLE wallet_owner REVOKE ALL ON FUNCTIONS FROM PUBLIC;
