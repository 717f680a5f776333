BEGIN;
SELECT plan(2);
\ir ../../support/_forgery.sql

-- Bob's last movements are a conversion and its reversal, each of two legs. Whoever takes a leg out
-- at the end of a chain, and sets back the wallet too, leaves a chain that is whole.
SELECT balance FROM wallet.bonus(:'bob', 'SILVER', 50, 'silver') \gset
SELECT transaction_id AS conversion
FROM wallet.convert(:'bob', 'SILVER', 'GOLD', 50, 'conversion') \gset
CREATE PROCEDURE pg_temp.take_out(p_transaction_id uuid)
LANGUAGE plpgsql
AS $$
DECLARE
    v_transfer wallet_private.transfer;
BEGIN
    DELETE FROM wallet_private.transfer AS t
    WHERE t.transaction_id = p_transaction_id AND t.leg = 2
    RETURNING t.* INTO v_transfer;
    UPDATE wallet_private.wallet AS w
    SET
        balance = w.balance - v_transfer.amount, seq = w.seq - 1, head = coalesce(t.hash, ''),
        moved_at = coalesce(t.created_at, '-infinity')
    FROM (VALUES (v_transfer.seq - 1)) AS v (seq)
    LEFT JOIN wallet_private.transfer AS t
        ON
            t.user_id = v_transfer.user_id AND t.asset_id = v_transfer.asset_id
            AND t.seq = v.seq
    WHERE w.user_id = v_transfer.user_id AND w.asset_id = v_transfer.asset_id;
    UPDATE wallet_private.supply AS s SET available = s.available + v_transfer.amount
    WHERE s.asset_id = v_transfer.asset_id AND s.stripe = 15;
END
$$;

SELECT is(
    pg_temp.missed_after(
        format('CALL pg_temp.take_out(%L)', :'conversion'), '{a conversion has two legs}'
    ),
    '{}', 'a conversion without what was got is found'
);
SELECT transaction_id AS reversal
FROM wallet.reverse(:'bob', :'conversion', NULL, 'a mistake', 'reversal') \gset
SELECT is(
    pg_temp.missed_after(
        format('CALL pg_temp.take_out(%L)', :'reversal'),
        ARRAY['a reversal has its original''s legs']
    ),
    '{}', 'and so is its reversal without what was given back'
);

SELECT * FROM finish();
ROLLBACK;
