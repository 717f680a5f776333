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
    kind text NOT NULL,
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
