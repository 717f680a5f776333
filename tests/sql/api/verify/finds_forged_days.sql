BEGIN;
SELECT plan(15);
\ir ../../support/_feed.sql

SELECT cmp_ok(wallet.fold_economy(), '>', 0, 'the days are counted');
SELECT user_id AS ulla FROM wallet.create_user('ulla') \gset
SELECT count(*) AS lines FROM wallet_private.import_history(ARRAY[(
    NULL, 'ulla', NULL, 'POINTS', 'BONUS', 30, now() - interval '1 day', NULL, NULL, NULL
)]::wallet_private.history_line[]) \gset
SELECT isnt(wallet.rank_users(), NULL, 'who earned most is ranked');
SELECT is_empty('SELECT * FROM wallet.verify()', 'and are what the ledger says');

\set spread 'a day''s balances are spread as its transfers make it'
\set leader 'who earned or spent most is who the ledger says'

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
SELECT
    is(
        pg_temp.found(v.forgery), coalesce(v.finding, 'a day is what its transfers make'), v.forgery
    )
FROM (
    VALUES
    ('UPDATE wallet_private.daily SET issued = issued + 1 WHERE kind = ''TOPUP''', NULL),
    ('UPDATE wallet_private.daily SET movers = movers + 1', NULL),
    ('UPDATE wallet_private.daily SET day = day - 9', NULL),
    ('DELETE FROM wallet_private.daily WHERE kind = ''SPEND''', NULL),
    (
        'INSERT INTO wallet_private.daily SELECT asset_id, ''2026-01-01'', kind, 1, 0, 0, 0, 0'
        ' FROM wallet_private.daily LIMIT 1', NULL
    ),
    ('UPDATE wallet_private.spread SET wallets = wallets + 1', :'spread'),
    ('UPDATE wallet_private.spread SET amount = amount + 1 WHERE step = 30', :'spread'),
    ('UPDATE wallet_private.spread SET day = day - 9', :'spread'),
    ('DELETE FROM wallet_private.spread WHERE step = 30', :'spread'),
    ('UPDATE wallet_private.leader SET amount = amount + 1 WHERE days = 7', :'leader'),
    ('UPDATE wallet_private.leader SET users = 2', :'leader'),
    ('DELETE FROM wallet_private.leader', :'leader')
) AS v (forgery, finding);

SELECT * FROM finish();
ROLLBACK;
