BEGIN;
SELECT plan(1);
\ir ../../_setup.sql

-- PostgreSQL's arrays can begin anywhere; the answers are numbered from 1 all the same.
SELECT results_eq(
    format(
        'SELECT ord, balance, code FROM wallet.post_batch('
        '''[0:1]={"(%1$s,TOPUP,SILVER,0,key-1,,)","(%1$s,TOPUP,SILVER,5,key-2,,)"}'')', :'bob'
    ),
    $$VALUES (1, NULL::numeric, 'WA102'), (2, 5, NULL)$$,
    'each request has its own answer'
);

SELECT * FROM finish();
ROLLBACK;
