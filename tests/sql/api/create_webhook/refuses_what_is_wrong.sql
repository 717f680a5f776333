BEGIN;
SELECT plan(20);
\ir ../../support/_books.sql

SELECT subscription FROM wallet.create_subscription('shop') \gset
SELECT subscription FROM wallet.create_subscription('taken') \gset
SELECT subscription FROM wallet.create_webhook('taken', 'https://shop.example/') \gset
SELECT throws_ok(
    pg_temp.call(
        'create_webhook',
        '{"subscription": "shop", "url": "https://shop.example/hook"}'::jsonb || v.change
    ), v.code, pg_temp.message(v.code), v.change::text
) FROM (
    VALUES
    ('{"subscription": null}'::jsonb, 'WA101'),
    ('{"url": null}', 'WA101'),
    ('{"actor": "a\nb"}', 'WA106'),
    ('{"url": ""}', 'WA125'),
    ('{"url": "shop.example"}', 'WA125'),
    ('{"url": "ftp://shop.example/"}', 'WA125'),
    ('{"url": "https://"}', 'WA125'),
    ('{"url": "https://me:you@shop.example/"}', 'WA125'),
    ('{"url": "https://shop.example/a b"}', 'WA125'),
    ('{"url": "https://shop.example/a\nHost: b"}', 'WA125'),
    ('{"url": "https://shop.example/#top"}', 'WA125'),
    (jsonb_build_object('url', 'https://a/' || repeat('x', 2048)), 'WA125'),
    ('{"secret": ""}', 'WA126'),
    ('{"secret": "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}', 'WA126'),
    ('{"secret": "whsec_c2hvcnQ="}', 'WA126'),
    ('{"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS"}', 'WA126'),
    (jsonb_build_object('secret', 'whsec_' || repeat('MfKQ', 22)), 'WA126'),
    ('{"subscription": "Shop"}', 'WA220'),
    ('{"subscription": "taken"}', 'WA304')
) AS v (change, code);
SELECT is(
    (SELECT count(*) FROM wallet.list_webhooks()), 1::bigint, 'a refused request makes nothing'
);

SELECT * FROM finish();
ROLLBACK;
