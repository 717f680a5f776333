\set n random(:first, :last)
\set key random(1, 9000000000000000000)
BEGIN;
SELECT response FROM seeds.idempotency_key WHERE key = md5(:key::text);
SELECT account_id, balance FROM seeds.account WHERE account_id IN (md5(:n::text)::uuid, md5('treasury')::uuid) ORDER BY account_id FOR UPDATE;
UPDATE seeds.account SET balance = balance - 1, updated_at = now() WHERE account_id = md5(:n::text)::uuid;
UPDATE seeds.account SET balance = balance + 1, updated_at = now() WHERE account_id = md5('treasury')::uuid;
INSERT INTO seeds.ledger_entry (transaction_id, account_id, entry_type, kind, amount, balance_after) SELECT md5(:key::text)::uuid, account_id, 'DEBIT', 'SPEND', 1, balance FROM seeds.account WHERE account_id = md5(:n::text)::uuid;
INSERT INTO seeds.ledger_entry (transaction_id, account_id, entry_type, kind, amount, balance_after) SELECT md5(:key::text)::uuid, account_id, 'CREDIT', 'SPEND', 1, balance FROM seeds.account WHERE account_id = md5('treasury')::uuid;
INSERT INTO seeds.idempotency_key (key, response) VALUES (md5(:key::text), jsonb_build_object('transaction_id', md5(:key::text), 'status', 'ok'));
COMMIT;
