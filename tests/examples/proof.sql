-- Proof: that the books are right, and that history is still what it was.
SELECT asset FROM wallet.create_asset('GOLD', 'Gold');
SELECT user_id AS mallory FROM wallet.create_user('mallory') \gset
SELECT balance FROM wallet.topup(:'mallory', 'GOLD', 100, 'payment-1');

-- No row: all is well. Then the heads of all chains go under one root; keep that somewhere else.
SELECT * FROM wallet.verify();
SELECT checkpoint_id, transfers, root FROM wallet.checkpoint() \gset kept_
\echo checkpoint :kept_checkpoint_id of :kept_transfers transfer: :kept_root
SELECT * FROM wallet.verify_checkpoint(:kept_checkpoint_id, :'kept_root');

-- History can't be edited, not even by its owner,
UPDATE wallet_private.transfer SET amount = 1000;

-- unless the owner means to and takes the guard away. That is seen,
BEGIN;
ALTER TABLE wallet_private.transfer DISABLE TRIGGER transfer_refuse_change;
UPDATE wallet_private.transfer SET amount = 1000;
SELECT "check", expected, found FROM wallet.verify();

-- also if the balances are made to fit, for the hashes don't.
UPDATE wallet_private.transfer SET balance_after = 1000;
UPDATE wallet_private.wallet SET balance = 1000;
SELECT "check" FROM wallet.verify();

-- Computed anew they do, and all looks well from within: only the root kept elsewhere tells.
UPDATE wallet_private.transfer SET hash = wallet_private.sealed_hash(
    '', user_id, asset_id, seq, transaction_id, leg, kind, amount, balance_after, counterparty,
    idempotency_key, reference, details, metadata, actor, created_at, seal
);
UPDATE wallet_private.wallet AS w SET head = t.hash
FROM wallet_private.transfer AS t
WHERE t.user_id = w.user_id AND t.asset_id = w.asset_id AND t.seq = w.seq;
SELECT * FROM wallet.verify();
SELECT "check" FROM wallet.verify_checkpoint(:kept_checkpoint_id, :'kept_root');
ROLLBACK;
SELECT * FROM wallet.verify_checkpoint(:kept_checkpoint_id, :'kept_root');
