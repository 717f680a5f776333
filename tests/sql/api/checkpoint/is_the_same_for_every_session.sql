BEGIN;
SELECT plan(4);
\ir ../../support/_history.sql

SELECT root FROM wallet.checkpoint() \gset
SET LOCAL bytea_output = 'escape';
SET LOCAL datestyle = 'German, DMY';
SET LOCAL timezone = 'Asia/Kathmandu';
SELECT is((wallet.checkpoint()).root, :'root', 'the root does not depend on settings');
SELECT checkpoint_id FROM wallet.checkpoint() \gset
SELECT is_empty(
    format('SELECT * FROM wallet.verify_checkpoint(%s, %L)', :checkpoint_id, :'root'),
    'nor does its proof'
);
SELECT balance FROM wallet.spend(:'alice', 'GOLD', 1, 'later') \gset
SET CONSTRAINTS ALL IMMEDIATE;
SELECT lives_ok(
    'SELECT wallet.checkpoint()', 'and it can be made where constraints are checked at once'
);

SELECT is(
    (SELECT r.root FROM wallet_private.checkpoint_root(0) AS r), sha256(''),
    'of nothing there is a root too'
);

SELECT * FROM finish();
ROLLBACK;
