-- What the console needs: checkpoints, page by page.

CREATE TYPE wallet.checkpoint_item AS (
    checkpoint_id bigint,
    created_at timestamptz,
    wallets bigint,
    transfers numeric,
    root text,
    cursor text
);
