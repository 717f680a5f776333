BEGIN;
SELECT plan(4);

-- What any caller may set, and what would show in texts and comparisons.
CREATE PROCEDURE pg_temp.meddle()
LANGUAGE plpgsql
AS $$
BEGIN
    SET LOCAL TimeZone = 'Pacific/Chatham';
    SET LOCAL DateStyle = 'SQL, DMY';
    SET LOCAL IntervalStyle = 'sql_standard';
    SET LOCAL bytea_output = 'escape';
    SET LOCAL extra_float_digits = -15;
    SET LOCAL quote_all_identifiers = on;
    SET LOCAL transform_null_equals = on;
    SET LOCAL array_nulls = off;
    SET LOCAL standard_conforming_strings = off;
    SET LOCAL escape_string_warning = off;
    SET LOCAL enable_seqscan = off;
    SET LOCAL enable_indexscan = off;
    SET LOCAL plan_cache_mode = 'force_generic_plan';
    SET LOCAL lock_timeout = 1;
END
$$;
CREATE PROCEDURE pg_temp.stop()
LANGUAGE plpgsql
AS $$
BEGIN
    SET LOCAL TimeZone = 'UTC';
    SET LOCAL DateStyle = 'ISO, MDY';
    SET LOCAL IntervalStyle = 'postgres';
    SET LOCAL bytea_output = 'hex';
    SET LOCAL extra_float_digits = 1;
    SET LOCAL quote_all_identifiers = off;
    SET LOCAL transform_null_equals = off;
    SET LOCAL array_nulls = on;
    SET LOCAL standard_conforming_strings = on;
    SET LOCAL enable_seqscan = on;
    SET LOCAL enable_indexscan = on;
    SET LOCAL plan_cache_mode = 'auto';
    SET LOCAL lock_timeout = 0;
END
$$;

-- A history that was made under such settings is right without them, and the other way round.
CALL pg_temp.meddle();
\ir ../support/_history.sql
SELECT is_empty('SELECT * FROM wallet.verify()', 'what was made so is right to who looks so');
SELECT
    checkpoint_id AS crooked,
    root AS crooked_root
FROM wallet.checkpoint() \gset
CALL pg_temp.stop();
SELECT is_empty('SELECT * FROM wallet.verify()', 'and to who does not');
SELECT is_empty(
    format('SELECT * FROM wallet.verify_checkpoint(%s, %L)', :'crooked', :'crooked_root'),
    'a root is the same to both'
);
SELECT balance FROM wallet.bonus(:'alice', 'SILVER', 1, 'straight') \gset
CALL pg_temp.meddle();
SELECT is_empty('SELECT * FROM wallet.verify()', 'what was made without is right with them');
CALL pg_temp.stop();

SELECT * FROM finish();
ROLLBACK;
