BEGIN;
SELECT plan(12);
\ir ../support/_economy.sql

-- Each two keys have the same digest. They were made for it: chance makes no such pair.
SELECT is(hashtextextended(v.one, 0), hashtextextended(v.other, 0), v.one) FROM (
    VALUES
    ('order-10042', 'c8rFdI82D4W'),
    ('campaign:AB', 'D-mgM6P5S3I')
) AS v (one, other);

SELECT balance FROM wallet.bonus(:'alice', 'SILVER', 1000, 'silver') \gset
SELECT hold_id FROM wallet.place_hold(:'alice', 'GOLD', 1, '1 hour', 'hold') \gset
SELECT transaction_id FROM wallet.spend(:'alice', 'GOLD', 10, 'order-10042') \gset
CREATE TEMPORARY TABLE before AS SELECT w.* FROM wallet_private.wallet AS w;

SELECT is(
    pg_temp.refusal_of(format('SELECT wallet.' || v.call, :'alice', :'hold_id')),
    (
        'WA301', pg_temp.message_of('WA301'),
        format('Its idempotency_key differs from that of transaction %s.', :'transaction_id'),
        'Take a new key for a new intent, and send a retry unchanged.'
    )::pg_temp.refusal,
    v.call
) FROM (
    VALUES
    ('spend(%L, ''GOLD'', 10, ''c8rFdI82D4W'')'),
    ('spend(%L, ''GOLD'', 91, ''c8rFdI82D4W'')'),
    ('place_hold(%L, ''GOLD'', 1, ''1 hour'', ''c8rFdI82D4W'')'),
    ('capture_hold(%L, %L, 1, ''c8rFdI82D4W'')'),
    ('convert(%L, ''SILVER'', ''GOLD'', 50, ''c8rFdI82D4W'')')
) AS v (call);
SELECT set_eq('TABLE wallet_private.wallet', 'TABLE before', 'nothing has moved');

SELECT results_eq(
    format(
        'SELECT r.ord, r.is_replay, r.code FROM wallet.post_batch(ARRAY['
        '(%1$L, ''TOPUP'', ''SILVER'', 1, ''new'', NULL, NULL), '
        '(%1$L, ''SPEND'', ''GOLD'', 10, ''c8rFdI82D4W'', NULL, NULL), '
        '(%1$L, ''TOPUP'', ''SILVER'', 2, ''campaign:AB'', NULL, NULL), '
        '(%1$L, ''TOPUP'', ''SILVER'', 2, ''D-mgM6P5S3I'', NULL, NULL), '
        '(%1$L, ''SPEND'', ''GOLD'', 10, ''order-10042'', NULL, NULL)'
        ']::wallet.request[]) AS r', :'alice'
    ),
    $$
        VALUES
        (1, false, NULL::text), (2, NULL, 'WA301'), (3, false, NULL), (4, NULL, 'WA301'),
        (5, true, NULL)
    $$,
    'a batch refuses the later of two, and posts all others'
);

SELECT budget FROM wallet.create_campaign('AB', 'GOLD', 100) \gset
SELECT balance FROM wallet.bonus(:'bob', 'GOLD', 5, 'D-mgM6P5S3I') \gset
SELECT results_eq(
    format(
        'SELECT g.users, g.replays, (g.refusals[1]).code FROM wallet.grant_batch('
        '''AB'', ARRAY[(%L, NULL, NULL, 5, NULL)]::wallet.grant_request[]) AS g', :'bob'
    ),
    $$VALUES (0, 0, 'WA301')$$, 'a bonus with another key is no grant'
);
SELECT user_id AS carol FROM wallet.create_user('carol') \gset
SELECT results_eq(
    $$
        SELECT f.ord, f.code FROM wallet_private.import_history('{
            "(,carol,,GOLD,TOPUP,1,2025-01-01Z,order-10042,,)",
            "(,carol,,SILVER,TOPUP,1,2025-01-01Z,c8rFdI82D4W,,)",
            "(,bob,,SILVER,TOPUP,1,2025-01-01Z,campaign:AB,,)"
        }') AS r, unnest(r.refusals) AS f
    $$,
    $$VALUES (2, 'WA301'), (3, 'WA301')$$, 'an import refuses both'
);
SELECT is_empty('SELECT wallet.verify()', 'all is well');

SELECT * FROM finish();
ROLLBACK;
