-- The record: what operators did, page by page.

CREATE TYPE wallet.action_item AS (
    action_id bigint,
    created_at timestamptz,
    actor text,
    name text,
    subject text,
    details jsonb,
    cursor text
);
