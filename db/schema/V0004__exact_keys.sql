-- squawk-ignore-file changing-column-type, require-concurrent-index-creation, ban-drop-constraint
-- squawk-ignore-file require-concurrent-index-deletion, renaming-object, ban-drop-function
-- squawk-ignore-file ban-alter-domain-with-add-constraint

-- Text that a unique index compares is compared byte by byte: in the collation of the database an
-- upgrade of libc or ICU could make the index miss a key that is there. And no amount is NaN or
-- infinite: transfer.amount stays as it is, as calls under way have rows of its table in hand that
-- they made themselves; it is the difference of two balances, which are checked.
--
-- No table is written anew. Each index that grows with users has another name until the end: who
-- has built it before, CONCURRENTLY, finds it taken over. docs/operations.md, Upgrades, says how.

-- All is locked before anything changes, in the order in which calls come to it. So each call that
-- is under way has ended, or has read no row yet that would be of another type when it goes on.
LOCK TABLE
wallet_private.user_account,
wallet_private.task,
wallet_private.item,
wallet_private.conversion_rate,
wallet_private.campaign,
wallet_private.hold,
wallet_private.asset,
wallet_private.budget,
wallet_private.reversal,
wallet_private.transfer,
wallet_private.supply,
wallet_private.purchase,
wallet_private.hold_capture,
wallet_private.checkpoint
IN ACCESS EXCLUSIVE MODE;

-- A column that a view shows can't change its type. So the views let go of the tables until their
-- files run again, after this one. What hosts have granted on them and built on them stays.
DO $$
DECLARE
    v_view text;
BEGIN
    FOR v_view IN
        SELECT format(
            'CREATE OR REPLACE VIEW %s AS SELECT %s', c.oid::regclass, string_agg(
                format('NULL::%s AS %I', a.atttypid::regtype, a.attname), ', ' ORDER BY a.attnum
            )
        )
        FROM pg_class AS c INNER JOIN pg_attribute AS a ON c.oid = a.attrelid
        WHERE c.relnamespace = 'wallet'::regnamespace AND c.relkind = 'v' AND a.attnum > 0
        GROUP BY c.oid
    LOOP
        EXECUTE v_view;
    END LOOP;
END
$$;

-- An index that was begun before and not finished is not taken over.
DO $$
DECLARE
    v_index text;
BEGIN
    SELECT i.indexrelid::regclass INTO v_index
    FROM pg_index AS i INNER JOIN pg_class AS c ON i.indrelid = c.oid
    WHERE c.relnamespace = 'wallet_private'::regnamespace AND NOT i.indisvalid
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'an index was not built to its end'
            USING ERRCODE = 'object_not_in_prerequisite_state',
                DETAIL = format('%s is not valid.', v_index),
                HINT = format('DROP INDEX %s, and build it again.', v_index);
    END IF;
END
$$;

-- It has no check yet: with one, PostgreSQL would write each table anew.
CREATE DOMAIN wallet_private.amount AS numeric;

-- ---------------------------------------------------------------------------------------------
-- The catalogue, and what else is small.
-- ---------------------------------------------------------------------------------------------

ALTER TABLE wallet_private.asset
ALTER COLUMN code TYPE text COLLATE "C",
ALTER COLUMN supply TYPE wallet_private.amount,
ALTER COLUMN sign_up_bonus TYPE wallet_private.amount;
ALTER TABLE wallet_private.supply ALTER COLUMN available TYPE wallet_private.amount;
ALTER TABLE wallet_private.conversion_rate
ALTER COLUMN from_amount TYPE wallet_private.amount,
ALTER COLUMN to_amount TYPE wallet_private.amount;
ALTER TABLE wallet_private.task
ALTER COLUMN code TYPE text COLLATE "C",
ALTER COLUMN reward TYPE wallet_private.amount;
ALTER TABLE wallet_private.item
ALTER COLUMN code TYPE text COLLATE "C",
ALTER COLUMN price TYPE wallet_private.amount;
ALTER TABLE wallet_private.campaign
ALTER COLUMN code TYPE text COLLATE "C",
ALTER COLUMN budget TYPE wallet_private.amount;
ALTER TABLE wallet_private.budget
ALTER COLUMN available TYPE wallet_private.amount,
ALTER COLUMN granted TYPE wallet_private.amount;
ALTER TABLE wallet_private.checkpoint ALTER COLUMN transfers TYPE wallet_private.amount;
ALTER TABLE wallet_private.migration ALTER COLUMN file_name TYPE text COLLATE "C";

-- ---------------------------------------------------------------------------------------------
-- What grows with users
-- ---------------------------------------------------------------------------------------------

CREATE UNIQUE INDEX IF NOT EXISTS transfer_exact_key_idx
ON wallet_private.transfer (user_id, idempotency_key COLLATE "C");
ALTER TABLE wallet_private.transfer DROP CONSTRAINT transfer_idempotency_key_key;
ALTER TABLE wallet_private.transfer ALTER COLUMN idempotency_key TYPE text COLLATE "C";
ALTER TABLE wallet_private.transfer
ADD CONSTRAINT transfer_idempotency_key_key UNIQUE USING INDEX transfer_exact_key_idx;

CREATE UNIQUE INDEX IF NOT EXISTS user_account_exact_external_id_idx
ON wallet_private.user_account (external_id COLLATE "C");
-- An address with A to Z for a to z is the same one. Of other letters the case counts: what they
-- are in lower case depends on the database and its libraries.
CREATE UNIQUE INDEX IF NOT EXISTS user_account_exact_email_idx
ON wallet_private.user_account (lower(email COLLATE "C"));
DROP INDEX wallet_private.user_account_email_idx;
ALTER INDEX wallet_private.user_account_exact_email_idx RENAME TO user_account_email_idx;
DROP TRIGGER user_account_refuse_external_id ON wallet_private.user_account;
ALTER TABLE wallet_private.user_account DROP CONSTRAINT user_account_external_id_key;
ALTER TABLE wallet_private.user_account ALTER COLUMN external_id TYPE text COLLATE "C";
ALTER TABLE wallet_private.user_account
ADD CONSTRAINT user_account_external_id_key UNIQUE USING INDEX user_account_exact_external_id_idx;
CREATE TRIGGER user_account_refuse_external_id
BEFORE UPDATE OF external_id ON wallet_private.user_account
FOR EACH ROW
WHEN (old.external_id IS DISTINCT FROM new.external_id AND old.external_id IS NOT NULL)
EXECUTE FUNCTION wallet_private.refuse_external_id();

ALTER TABLE wallet_private.purchase ALTER COLUMN unit_price TYPE wallet_private.amount;
ALTER TABLE wallet_private.hold
ALTER COLUMN amount TYPE wallet_private.amount,
ALTER COLUMN captured TYPE wallet_private.amount;
ALTER TABLE wallet_private.hold_capture ALTER COLUMN amount TYPE wallet_private.amount;
ALTER TABLE wallet_private.reversal ALTER COLUMN amount TYPE wallet_private.amount;

-- ---------------------------------------------------------------------------------------------
-- No NaN, no infinity
-- ---------------------------------------------------------------------------------------------

-- NaN counts as greater than all else. What was written before is not read again for these: the
-- functions have refused it from the beginning.
ALTER DOMAIN wallet_private.amount
ADD CONSTRAINT amount_is_finite_check CHECK (value > '-infinity' AND value < 'infinity') NOT VALID;
ALTER DOMAIN wallet_private.quantity
ADD CONSTRAINT quantity_is_finite_check CHECK (value < 'infinity') NOT VALID;

-- ---------------------------------------------------------------------------------------------
-- What a sign-up answers with
-- ---------------------------------------------------------------------------------------------

-- A type of its own: calls that are under way still answer with wallet.sign_up_result, which goes
-- in the release after this one.
CREATE TYPE wallet.new_user AS (
    user_id uuid,
    name text,
    email text,
    balances wallet.balance_item[],
    refused_bonuses text[]
);
DROP FUNCTION IF EXISTS wallet.sign_up(text, text, text, text, text);
