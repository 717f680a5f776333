BEGIN;
SELECT plan(23);
\ir ../../support/_webhooks.sql

CREATE TEMPORARY TABLE pause AS
SELECT
    v.tries,
    v.least::interval AS least
FROM (
    VALUES
    (1, '5 s'), (2, '5 min'), (3, '30 min'), (4, '2 h'), (5, '5 h'), (6, '10 h'), (7, '14 h'),
    (8, '20 h'), (9, '24 h')
) AS v (tries, least);
CREATE FUNCTION pg_temp.fail_again(p_tries integer) RETURNS boolean
LANGUAGE plpgsql
AS $$
-- The try of that number, and whether the pause after it is as it should be.
BEGIN
    UPDATE wallet_private.webhook_event SET next_try_at = now() WHERE next_try_at IS NOT NULL;
    PERFORM pg_temp.take(1);
    PERFORM pg_temp.report('failed', 500);
    RETURN (
        SELECT e.tries = p_tries
            AND e.next_try_at - e.tried_at BETWEEN p.least AND 1.1 * p.least
        FROM wallet_private.webhook_event AS e
        INNER JOIN pause AS p ON p.tries = p_tries
    );
END
$$;
SELECT ok(pg_temp.fail_again(p.tries), format('try %s, then %s', p.tries, p.least))
FROM pause AS p
ORDER BY p.tries;
SELECT is(pg_temp.fail_again(10), NULL, 'there is no pause after the tenth');
SELECT results_eq(
    'SELECT f.status, f.tries, f.next_try_at FROM wallet.list_webhook_failures(''shop'') AS f',
    $$ VALUES ('parked', 10, NULL::timestamptz) $$, 'it is parked'
);

-- A receiver that asks for less.
SELECT
    pg_temp.take(2) AS taken,
    pg_temp.report('failed', 503, 100, 'waiting')
\gset
SELECT is(
    (
        SELECT e.next_try_at - e.tried_at FROM wallet_private.webhook_event AS e
        WHERE e.tries = 1
    ),
    interval '100 s', 'an event waits as long as the receiver asks for'
);
SELECT ok(
    w.rest_ends_at - clock_timestamp() BETWEEN interval '99 s' AND interval '100 s',
    'and so do all'
) FROM wallet.list_webhooks() AS w;
SELECT is(pg_temp.take(), NULL, 'it gets nothing now');
UPDATE wallet_private.webhook SET rest_ends_at = now();
SELECT is(pg_temp.take(), 'Bob 1', 'then it gets one event');
SELECT is(pg_temp.take(), NULL, 'and no other one until that has arrived');
SELECT pg_temp.report('failed') AS failed \gset
SELECT ok(
    w.failures = 2
    AND w.rest_ends_at - clock_timestamp() BETWEEN interval '9 s' AND interval '10 s',
    'no answer is no better, and it is left in peace for longer'
) FROM wallet.list_webhooks() AS w;
UPDATE wallet_private.webhook SET failures = 100, rest_ends_at = now();
UPDATE wallet_private.webhook_event SET next_try_at = now()
WHERE user_id = :'bob';
SELECT is(pg_temp.take(), 'Bob 1', 'it is tried again');
SELECT pg_temp.report('failed', 429, 1000000) AS failed \gset
SELECT ok(
    w.rest_ends_at - clock_timestamp() BETWEEN interval '86399 s' AND interval '1 day',
    'nobody is left in peace for longer than a day'
) FROM wallet.list_webhooks() AS w;
SELECT subscription FROM wallet.update_webhook('shop') \gset
SELECT is(
    (SELECT w.failures FROM wallet.list_webhooks() AS w), 0, 'who changes the webhook ends that'
);
UPDATE wallet_private.webhook_event SET next_try_at = now()
WHERE next_try_at IS NOT NULL;
SELECT is(
    pg_temp.take(), 'Alice 2 3 4 5 6 7 8 9 10, Bob 1', 'and what waits comes'
);
SELECT pg_temp.report('failed', 410, NULL, 'waiting') AS gone \gset
SELECT is((SELECT w.status FROM wallet.list_webhooks() AS w), 'gone', '410 ends it');
UPDATE wallet_private.webhook_event SET next_try_at = now();
SELECT is(pg_temp.take(), NULL, 'nothing is sent to it any more');

SELECT * FROM finish();
ROLLBACK;
