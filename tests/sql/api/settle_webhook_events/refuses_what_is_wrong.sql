BEGIN;
SELECT plan(8);
\ir ../../support/_webhooks.sql

SELECT subscription FROM wallet.create_subscription('read') \gset
SELECT pg_temp.take(2) AS taken \gset
SELECT throws_ok(
    format(
        'SELECT wallet.settle_webhook_events(%L, %L, %L::wallet.webhook_result[])',
        v.subscription, v.claim, v.results
    ), v.code, pg_temp.message(v.code), v.results
) FROM (
    VALUES
    ('shop', NULL, '{}', 'WA101'),
    ('shop', current_setting('test.claim'), NULL, 'WA101'),
    ('shop', current_setting('test.claim'), '{"(,RUBY,1,,,,)"}', 'WA101'),
    ('shop', current_setting('test.claim'), '{"(,RUBY,1,lost,,,)"}', 'WA110'),
    ('shop', current_setting('test.claim'), '{"(,RUBY,1,sent,,,)"}', 'WA127'),
    ('SHOP', current_setting('test.claim'), '{}', 'WA220'),
    ('read', current_setting('test.claim'), '{}', 'WA225')
) AS v (subscription, claim, results, code);
SELECT is(pg_temp.take(), NULL, 'a refused request settles nothing');

SELECT * FROM finish();
ROLLBACK;
