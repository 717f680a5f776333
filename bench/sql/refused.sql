\set n random(1, :users)
\set key random(1, 9000000000000000000)
SELECT 1 / bench.refused_spend(md5(:n::text)::uuid, md5(:key::text))::integer;
