\set n random(:first, :last)
SELECT * FROM wallet.list_transactions(md5(:n::text)::uuid);
