BEGIN;
SELECT plan(22);
\ir ../../support/_person.sql

-- Not before all is settled.
SELECT is(
    (pg_temp.refusal_of(format('SELECT wallet.erase_user(%L, %L)', :'zoe', 'why'))).code,
    'WA350', 'who has a balance is not erased'
);
SELECT status FROM wallet.set_user_status(:'zoe', 'active') \gset
SELECT balance AS silver FROM wallet.get_balance(:'zoe', 'SILVER') \gset
SELECT hold_id FROM wallet.place_hold(:'zoe', 'SILVER', :'silver', '1 hour', 'all') \gset
SELECT ok(
    (pg_temp.refusal_of(format('SELECT wallet.erase_user(%L, %L)', :'zoe', 'why'))).detail
    LIKE '% SILVER, of which % is held.', 'nor who has an open hold'
);
SELECT remaining FROM wallet.capture_hold(:'zoe', :'hold_id', NULL, 'all of it') \gset
CALL pg_temp.empty(:'zoe');
SELECT throws_ok(
    format('SELECT wallet.erase_user(%s, %s)', v.user_id, v.reason),
    v.code,
    pg_temp.message(v.code),
    v.what
) FROM (
    VALUES
    ('NULL', '''why''', 'WA101', 'no user'),
    (quote_literal(:'zoe'), 'NULL', 'WA101', 'no reason'),
    (quote_literal(:'zoe'), '''''', 'WA106', 'an empty reason'),
    (quote_literal(gen_random_uuid()), '''why''', 'WA201', 'an unknown user')
) AS v (user_id, reason, code, what);
CALL pg_temp.unlock();
UPDATE wallet_private.transfer SET amount = amount + 1
WHERE idempotency_key = 'z-topup';
SELECT ok(
    (pg_temp.refusal_of(format('SELECT wallet.erase_user(%L, %L)', :'zoe', 'why'))).detail
    LIKE 'The books have a fault: %', 'nor whose books have a fault'
);
UPDATE wallet_private.transfer SET amount = amount - 1
WHERE idempotency_key = 'z-topup';
CALL pg_temp.lock();

SELECT status FROM wallet.erase_user(:'zoe', 'ticket 7') \gset
SELECT throws_ok(
    format('SELECT wallet.%s', format(v.call, quote_literal(:'zoe'))), 'WA504',
    'the user is erased', v.call
) FROM (
    VALUES
    ('set_user_status(%s, ''active'')'),
    ('set_password(%s, ''hash'')'),
    ('topup(%s, ''SILVER'', 1, ''n-1'')'),
    ('bonus(%s, ''SILVER'', 1, ''n-2'')'),
    ('adjust(%s, ''SILVER'', 1, ''n-3'', ''why'')'),
    ('place_hold(%s, ''SILVER'', 1, ''1 hour'', ''n-4'')'),
    (
        'reverse(%s, (SELECT t.transaction_id FROM wallet_private.transfer AS t '
        'WHERE t.idempotency_key = ''z-spend''), NULL, ''why'', ''n-5'')'
    )
) AS v (call);
SELECT is(r.code, 'WA504', 'a batch')
FROM wallet.post_batch(
    ARRAY[(:'zoe', 'BONUS', 'SILVER', 1, 'n-6', NULL, NULL)]::wallet.request[]
) AS r;

-- A retry still finds its transaction.
SELECT is(
    (r.is_replay, r.amount, r.reference), (true, 200::numeric, NULL::text),
    'the retry of what she did is answered'
) FROM wallet.topup(:'zoe', 'SILVER', 200, 'z-topup', 'bill of Zoe') AS r;
SELECT is(
    (r.is_replay, r.amount), (true, 5::numeric), 'also where a reason was erased'
) FROM wallet.reverse(:'zoe', :'z_bonus', NULL, 'Zoe asked', 'z-reverse') AS r;
SELECT throws_ok(
    format('SELECT wallet.topup(%L, ''SILVER'', 201, ''z-topup'')', :'zoe'), 'WA301',
    pg_temp.message('WA301'), 'but not as another request'
);

-- The names are free.
SELECT is_empty('SELECT * FROM wallet.find_user(''zoe@example.com'')', 'nobody has her address');
SELECT is_empty('SELECT * FROM wallet.get_token_state(NULL, ''Zoe-7'')', 'or her external id');
SELECT user_id AS again
FROM wallet.sign_up('Zoe', 'zoe@example.com', NULL, 'hash') \gset
SELECT isnt(:'again'::uuid, :'zoe'::uuid, 'who signs up with her address is a new user');
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
