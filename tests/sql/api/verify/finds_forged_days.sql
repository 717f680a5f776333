BEGIN;
SELECT plan(7);
\ir ../../support/_feed.sql

SELECT cmp_ok(wallet.fold_economy(), '>', 0, 'the days are counted');
SELECT is_empty('SELECT * FROM wallet.verify()', 'and are what the ledger says');

-- One forged figure after the other.
CREATE FUNCTION pg_temp.found(p_forgery text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
    v_found text;
BEGIN
    EXECUTE p_forgery;
    SELECT string_agg(DISTINCT f."check", ', ') INTO v_found FROM wallet.verify() AS f;
    RAISE EXCEPTION USING ERRCODE = 'WA000', MESSAGE = v_found;
EXCEPTION WHEN SQLSTATE 'WA000' THEN
    RETURN SQLERRM;
END
$$;
SELECT is(pg_temp.found(v.forgery), 'a day is what its transfers make', v.forgery)
FROM (
    VALUES
    ('UPDATE wallet_private.daily SET issued = issued + 1 WHERE kind = ''TOPUP'''),
    ('UPDATE wallet_private.daily SET movers = movers + 1'),
    ('UPDATE wallet_private.daily SET day = day - 1'),
    ('DELETE FROM wallet_private.daily WHERE kind = ''SPEND'''),
    (
        'INSERT INTO wallet_private.daily SELECT asset_id, ''2026-01-01'', kind, 1, 0, 0, 0, 0'
        ' FROM wallet_private.daily LIMIT 1'
    )
) AS v (forgery);

SELECT * FROM finish();
ROLLBACK;
