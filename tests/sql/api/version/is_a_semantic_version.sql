BEGIN;
SELECT plan(1);

SELECT matches(
    wallet.version(), '^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-[0-9a-z.-]+)?$',
    'three numbers, and what comes before a release'
);

SELECT * FROM finish();
ROLLBACK;
