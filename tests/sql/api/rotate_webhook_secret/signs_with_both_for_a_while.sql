BEGIN;
SELECT plan(7);
\ir ../../support/_webhooks.sql

SELECT
    w.secret AS second,
    w.old_secret_ends_at AS until
FROM wallet.rotate_webhook_secret('shop', p_overlap => '1 hour', p_actor => 'till-3') AS w \gset
SELECT isnt(:'second'::text, :'secret'::text, 'it gets another secret');
SELECT ok(
    :'until'::timestamptz - clock_timestamp() BETWEEN interval '59 min' AND interval '1 hour',
    'the old one ends in an hour'
);
SELECT is(
    (SELECT secrets FROM wallet.take_webhook_events(1)), ARRAY[:'second', :'secret'],
    'meanwhile both sign, the new one first'
);
UPDATE wallet_private.webhook SET claim_ends_at = NULL, old_secret_ends_at = now();
SELECT is(
    (SELECT secrets FROM wallet.take_webhook_events(1)), ARRAY[:'second'], 'then the new one alone'
);
UPDATE wallet_private.webhook SET claim_ends_at = NULL;
SELECT is(
    (
        SELECT w.secret FROM wallet.rotate_webhook_secret(
            'shop', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', '0'
        ) AS w
    ), 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'a secret can be given'
);
SELECT is(
    (SELECT secrets FROM wallet.take_webhook_events(1)),
    '{whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw}', 'and the old one can end at once'
);
SELECT is(
    (
        SELECT bool_or(a.details::text LIKE '%whsec%')
        FROM wallet.operator_action AS a
        WHERE a.subject = 'shop'
    ), false, 'no secret is recorded'
);

SELECT * FROM finish();
ROLLBACK;
