-- What _lots.sql makes; 1000 COIN that :'alice' has; and pg_temp.left, which says what remains of a
-- user's limits.
\ir _lots.sql

SELECT balance FROM wallet.topup(:'alice', 'COIN', 1000, 'coins') \gset

CREATE FUNCTION pg_temp.left(p_user_id uuid, p_asset text DEFAULT 'COIN') RETURNS text
LANGUAGE sql
STABLE
AS $$
    SELECT string_agg(format('%s: %s', u.code, trim_scale(u.remaining)), ', ' ORDER BY u.limit_id)
    FROM wallet.list_limit_use(p_user_id, p_asset) AS u
$$;
