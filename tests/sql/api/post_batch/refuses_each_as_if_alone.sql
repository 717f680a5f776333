BEGIN;
SELECT plan(7);
\ir ../../support/_economy.sql

-- All that can be wrong, each with a user of its own, between two good requests of bob; and what
-- each is answered when it comes alone.
SELECT jsonb_build_object(
    'user_id', :'bob', 'kind', 'TOPUP', 'asset', 'SILVER', 'amount', 1, 'idempotency_key', 'key'
) AS request \gset
SELECT asset FROM wallet.update_asset('POINTS', p_is_purchasable => false) \gset

CREATE TEMPORARY TABLE wrong AS
SELECT
    :'request'::jsonb || jsonb_build_object('user_id', u.user_id) || v.change AS request,
    1 + row_number() OVER () AS ord
FROM (
    SELECT
        jsonb_build_object(
            m.field,
            CASE m.field WHEN 'metadata' THEN m.value::jsonb ELSE to_jsonb(m.value) END
        ) AS change
    FROM malformed AS m
    WHERE m.field <> 'actor' AND coalesce(m.value, '') NOT IN ('null', '"text"')
    UNION ALL
    SELECT o.change
    FROM (
        VALUES
        ('{"asset": "POINTS"}'::jsonb),
        ('{"kind": "SPEND", "asset": "GOLD"}'),
        ('{"kind": "BONUS", "amount": 0}')
    ) AS o (change)
) AS v
CROSS JOIN LATERAL wallet.create_user(md5(v.change::text)) AS u;
CREATE TEMPORARY TABLE alone AS
SELECT
    w.ord::integer AS ord,
    r.*
FROM wrong AS w
CROSS JOIN LATERAL pg_temp.refusal_of(
    pg_temp.call(lower(w.request ->> 'kind'), w.request - 'kind')
) AS r;

CREATE TEMPORARY TABLE batch AS
SELECT array_agg(jsonb_populate_record(NULL::wallet.request, v.request) ORDER BY v.ord) AS requests
FROM (
    SELECT
        w.request,
        w.ord
    FROM wrong AS w
    UNION ALL
    VALUES (:'request'::jsonb || '{"idempotency_key": "first"}', 1), (:'request'::jsonb, 1000)
) AS v;
CREATE TEMPORARY TABLE answer AS
SELECT r.* FROM batch AS b, wallet.post_batch(b.requests) AS r;

SELECT results_eq(
    'SELECT ord, code, message, detail, hint FROM answer WHERE code IS NOT NULL ORDER BY ord',
    'SELECT * FROM alone ORDER BY ord', 'each is refused with what it is refused with alone'
);
SELECT set_eq(
    'SELECT code FROM answer WHERE code IS NOT NULL',
    ARRAY[
        'WA101', 'WA102', 'WA103', 'WA104', 'WA105', 'WA106', 'WA111', 'WA201', 'WA202', 'WA401',
        'WA501', 'WA502', 'WA503'
    ],
    'with every code but those of a cap and of a key that is taken'
);
SELECT results_eq(
    'SELECT kind, balance, is_replay FROM answer WHERE code IS NULL ORDER BY ord',
    $$VALUES ('TOPUP', 1::numeric, false), ('TOPUP', 2, false)$$,
    'the good ones go through'
);
SELECT results_eq(
    'SELECT user_id FROM wallet.transaction WHERE kind IN (''TOPUP'', ''SPEND'')',
    format('VALUES (%1$L::uuid), (%1$L)', :'bob'), 'the others leave nothing behind'
);

SELECT results_eq(
    format(
        'SELECT code, message, detail FROM wallet.post_batch(ARRAY['
        '(%1$L, NULL, ''SILVER'', 1, ''k-1'', NULL, NULL), '
        '(%1$L, ''CONVERT'', ''SILVER'', 1, ''k-2'', NULL, NULL), '
        '(%1$L, ''topup'', ''SILVER'', 1, ''k-3'', NULL, NULL), '
        '(%1$L, ''ADJUST'', ''SILVER'', 1, ''k-4'', NULL, NULL), '
        'NULL]::wallet.request[])', :'bob'
    ),
    $$
        VALUES
        ('WA101', 'an argument is missing', 'kind is missing.'),
        (
            'WA110', 'a value is not one of the known ones',
            'kind is ''CONVERT''; it can be TOPUP, BONUS, SPEND.'
        ),
        (
            'WA110', 'a value is not one of the known ones',
            'kind is ''topup''; it can be TOPUP, BONUS, SPEND.'
        ),
        (
            'WA110', 'a value is not one of the known ones',
            'kind is ''ADJUST''; it can be TOPUP, BONUS, SPEND.'
        ),
        ('WA101', 'an argument is missing', 'kind is missing.')
    $$,
    'other kinds are refused, and a request that is NULL'
);
SELECT results_eq(
    format(
        'SELECT code FROM wallet.post_batch(ARRAY['
        '(%L, ''TOPUP'', ''SILVER'', 1, ''k-1'', NULL, NULL)]::wallet.request[], %L)', :'bob',
        E'till\n3'
    ),
    $$VALUES ('WA106')$$, 'an actor that is malformed refuses them all'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
