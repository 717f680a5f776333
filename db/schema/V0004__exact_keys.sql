-- squawk-ignore-file changing-column-type, require-concurrent-index-creation, ban-drop-constraint
-- squawk-ignore-file require-concurrent-index-deletion, renaming-object, ban-drop-function
-- squawk-ignore-file ban-alter-domain-with-add-constraint

-- Unique indexes compare text byte by byte. In the collation of the database, an upgrade of libc or
-- ICU could make such an index miss a key that is there.
--
-- Domains keep NaN and infinity out of all amounts but transfer.amount. Calls that are under way
-- hold rows of that table in variables, so its types must not change. It is the difference of two
-- balances, which are checked.
--
-- No table is rewritten. The migration takes over large indexes that were built before it with
-- CREATE INDEX CONCURRENTLY. docs/operations.md, "From 0.2 to 0.3", says how.

-- Locks everything before anything changes, in the order in which calls lock it. So a call that is
-- under way has ended, or it has not read a row yet whose type changes.
LOCK TABLE
wallet_private.user_account,
wallet_private.task,
wallet_private.item,
wallet_private.conversion_rate,
wallet_private.campaign,
wallet_private.hold,
wallet_private.asset,
wallet_private.budget,
wallet_private.wallet,
wallet_private.reversal,
wallet_private.transfer,
wallet_private.supply,
wallet_private.purchase,
wallet_private.hold_capture,
wallet_private.checkpoint
IN ACCESS EXCLUSIVE MODE;

-- A column that a view shows can't change its type. So the views select no table until their files
-- run again, after this one. Grants on the views, and objects that depend on them, stay.
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

-- Refuses an index that was begun with CONCURRENTLY and not finished.
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

-- The domain gets its check below. With a check now, PostgreSQL would rewrite each table.
CREATE DOMAIN wallet_private.amount AS numeric;

-- ---------------------------------------------------------------------------------------------
-- The catalogue and other small tables
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
-- Tables that grow with users
-- ---------------------------------------------------------------------------------------------

CREATE UNIQUE INDEX IF NOT EXISTS transfer_exact_key_idx
ON wallet_private.transfer (user_id, idempotency_key COLLATE "C");
ALTER TABLE wallet_private.transfer DROP CONSTRAINT transfer_idempotency_key_key;
ALTER TABLE wallet_private.transfer ALTER COLUMN idempotency_key TYPE text COLLATE "C";
ALTER TABLE wallet_private.transfer
ADD CONSTRAINT transfer_idempotency_key_key UNIQUE USING INDEX transfer_exact_key_idx;

CREATE UNIQUE INDEX IF NOT EXISTS user_account_exact_external_id_idx
ON wallet_private.user_account (external_id COLLATE "C");
-- A to Z count as a to z in an address. The case of other letters counts, because their lower case
-- depends on the database and its libraries.
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

-- NaN is greater than every other value. NOT VALID: the rows that exist are not read. The functions
-- have always refused NaN and infinity.
ALTER DOMAIN wallet_private.amount
ADD CONSTRAINT amount_is_finite_check CHECK (value > '-infinity' AND value < 'infinity') NOT VALID;
ALTER DOMAIN wallet_private.quantity
ADD CONSTRAINT quantity_is_finite_check CHECK (value < 'infinity') NOT VALID;

-- ---------------------------------------------------------------------------------------------
-- The answer of a sign-up
-- ---------------------------------------------------------------------------------------------

-- It is a new type: calls that are under way still return wallet.sign_up_result. The next release
-- drops that one.
CREATE TYPE wallet.new_user AS (
    user_id uuid,
    name text,
    email text,
    balances wallet.balance_item[],
    refused_bonuses text[]
);
DROP FUNCTION IF EXISTS wallet.sign_up(text, text, text, text, text);
