BEGIN;
SELECT plan(4);

SELECT matches(wallet.schema_version(), '^V[0-9]{4}$', 'the number of a versioned file');
SELECT is_empty(
    'SELECT m.file_name FROM wallet_private.migration AS m '
    'WHERE substring(m.file_name FROM ''(V[0-9]+)__'') > wallet.schema_version()',
    'no newer one was applied'
);
SELECT is(
    (
        SELECT count(*) FROM wallet_private.migration AS m
        WHERE m.file_name LIKE '%' || wallet.schema_version() || '\_\_%'
    ),
    1::bigint, 'and this one was'
);
INSERT INTO wallet_private.migration (file_name, content_hash)
VALUES ('db/schema/V0999__later.sql', ''), ('db/functions/api/z.sql', '');
SELECT is(wallet.schema_version(), 'V0999', 'a newer one counts, functions do not');

SELECT * FROM finish();
ROLLBACK;
