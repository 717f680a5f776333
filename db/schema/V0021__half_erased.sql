-- Whom this partition of a cluster has erased, as long as another one may still have a name. A
-- wallet that is one database has no rows here.
CREATE TABLE wallet_private.half_erased (
    user_id uuid NOT NULL,
    external_id text,
    email text,
    erased_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT half_erased_pkey PRIMARY KEY (user_id)
);
