-- Many databases as one wallet: each is a partition and has its part of the users. In a wallet that
-- is one database these tables are empty, and nothing reads them.

-- Which partition this is.
CREATE TABLE wallet_private.partition (
    number integer NOT NULL,
    partitions integer NOT NULL,
    catalogue bigint NOT NULL DEFAULT 0,
    CONSTRAINT partition_pkey PRIMARY KEY (partitions),
    CONSTRAINT partition_partitions_is_a_power_of_two_check
    CHECK (partitions > 0 AND partitions & (partitions - 1) = 0),
    CONSTRAINT partition_number_is_below_partitions_check
    CHECK (number >= 0 AND number < partitions)
);
COMMENT ON TABLE wallet_private.partition IS 'One row in a partition, none in a wallet of its own.';
COMMENT ON COLUMN wallet_private.partition.catalogue
IS 'Counts the changes of the catalogue: partition 0 all of them, the others those they have.';

-- In partition 0: which catalogue each of the others has.
CREATE TABLE wallet_private.catalogue_copy (
    place integer NOT NULL,
    catalogue bigint NOT NULL,
    CONSTRAINT catalogue_copy_pkey PRIMARY KEY (place)
);

-- The id of a user who is being made. A partition has another body here, which makes an id whose
-- place is this partition.
CREATE FUNCTION wallet_private.new_user_id() RETURNS uuid
LANGUAGE sql
VOLATILE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    SELECT gen_random_uuid()
$$;

-- A name (an email address in lower case, an external id) that is unique in all partitions. Its row
-- is in the partition of the name's hash. It is taken before the user is made: until the row has a
-- user_id, it is a claim.
CREATE TABLE wallet_private.name (
    kind text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    claim_id uuid NOT NULL,
    place integer NOT NULL,
    user_id uuid,
    claimed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT name_pkey PRIMARY KEY (name, kind),
    CONSTRAINT name_kind_is_known_check CHECK (kind IN ('email', 'external_id'))
);
COMMENT ON COLUMN wallet_private.name.place IS 'The partition that makes, or has, the user.';

-- Claims that were taken from whoever made them: no user is made by one any more.
CREATE TABLE wallet_private.barred_claim (
    claim_id uuid NOT NULL,
    barred_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT barred_claim_pkey PRIMARY KEY (claim_id)
);

-- What this partition gave to others, or got from them, of what is scarce: of an asset's cap, of an
-- item's stock. At first partition 0 has all of it.
CREATE TABLE wallet_private.share_move (
    move_id uuid NOT NULL,
    is_in boolean NOT NULL,
    kind text NOT NULL,
    code text NOT NULL,
    amount wallet_private.quantity NOT NULL,
    peer integer NOT NULL,
    moved_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT share_move_pkey PRIMARY KEY (move_id),
    CONSTRAINT share_move_kind_is_known_check CHECK (kind IN ('supply', 'stock')),
    CONSTRAINT share_move_amount_is_positive_check CHECK (amount > 0)
);
CREATE INDEX share_move_code_idx ON wallet_private.share_move (code, kind);

-- The part of an asset's cap that this database has: all of it. A partition has another body here.
CREATE FUNCTION wallet_private.own_supply(p_code text, p_supply numeric) RETURNS numeric
LANGUAGE sql
STABLE
PARALLEL SAFE
SECURITY INVOKER
AS $$
    SELECT p_supply
$$;
