\set n random(:first, :last)
\set key random(1, 9000000000000000000)
SELECT * FROM bench.spend(md5(:n::text)::uuid, :asset_id, 1, md5(:key::text));
