-- squawk-ignore-file require-concurrent-index-creation, ban-drop-constraint
-- Idempotency keys are unique by a digest of 8 bytes. That makes the largest index half as large.
-- find_replay compares the texts. Partitions by hash rely on this function, so no release of
-- PostgreSQL changes it.

CREATE UNIQUE INDEX transfer_key_idx
ON wallet_private.transfer (user_id, hashtextextended(idempotency_key, 0));

-- Calls of release 0.2 that are under way infer their conflict on the index of the texts. If there
-- can be such calls, it stays. docs/operations.md, "From 0.2 to 0.3", says when to drop it.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM wallet_private.transfer) THEN
        ALTER TABLE wallet_private.transfer DROP CONSTRAINT transfer_idempotency_key_key;
    END IF;
END
$$;
