\set n random(:first, :last)
\set key random(1, 9000000000000000000)
SELECT * FROM wallet.spend(md5(:n::text)::uuid, :asset, 1, md5(:key::text));
