\set n random(:first, :last)
SELECT * FROM pgledger_create_transfer('pgla_' || lpad(:n::text, 26, '0'), 'pgla_' || lpad('0', 26, '0'), 1);
