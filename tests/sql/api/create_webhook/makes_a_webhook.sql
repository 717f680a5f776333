BEGIN;
SELECT plan(8);
\ir ../../support/_books.sql

SELECT subscription FROM wallet.create_subscription('shop') \gset
SELECT subscription FROM wallet.create_subscription('mine') \gset
SELECT secret FROM wallet.create_webhook(
    'shop', 'https://shop.example/hook?x=1', p_actor => 'till-3'
) \gset
SELECT matches(
    :'secret'::text, '^whsec_[A-Za-z0-9+/]{43}=$', 'without a secret it gets one of 32 bytes'
);
SELECT results_eq(
    $$
        SELECT
            w.subscription, w.url, w.status, w.is_ordered, w.secret, w.waiting, w.parked,
            w.failures
        FROM wallet.list_webhooks() AS w
    $$,
    $$
        VALUES (
            'shop', 'https://shop.example/hook?x=1', 'active', true, NULL::text, 0::bigint,
            0::bigint, 0
        )
    $$,
    'it is active, and shows its secret to nobody else'
);
SELECT is(
    (
        SELECT w.secret FROM wallet.create_webhook(
            'mine', 'http://[::1]:8080/', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', false
        ) AS w
    ), 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'a secret can be given'
);
SELECT results_eq(
    $$
        SELECT a.actor, a.details
        FROM wallet.operator_action AS a
        WHERE a.name = 'create_webhook' AND a.subject = 'shop'
    $$,
    $$
        VALUES (
            'till-3',
            '{"url": "https://shop.example/hook?x=1", "is_ordered": true}'::jsonb
        )
    $$,
    'it is recorded who made it, without the secret'
);
SELECT wallet.drop_subscription('shop') AS dropped \gset
SELECT is(
    (SELECT string_agg(w.subscription, ' ') FROM wallet.list_webhooks() AS w), 'mine',
    'it ends with its subscription'
);
SELECT lives_ok(
    format('SELECT wallet.create_webhook(%L, %L)', s.subscription, 'https://' || v.url), v.url
) FROM (
    VALUES
    ('a', 'shop.example'),
    ('b', 'shop.example:8443/hook'),
    ('c', 'shop.example?a=b')
) AS v (code, url)
CROSS JOIN LATERAL wallet.create_subscription(v.code) AS s;

SELECT * FROM finish();
ROLLBACK;
