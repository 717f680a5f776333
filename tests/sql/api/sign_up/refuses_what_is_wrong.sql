BEGIN;
SELECT plan(22);
\ir ../../support/_economy.sql

SELECT asset FROM wallet.update_asset('SILVER', p_sign_up_bonus => 5) \gset
SELECT jsonb_build_object(
    'name', repeat('n', 255), 'email', repeat('e', 245) || '@mail.com', 'phone', repeat('1', 32),
    'password_hash', repeat('h', 255), 'actor', repeat('a', 255)
) AS request \gset

SELECT throws_ok(
    pg_temp.call('sign_up', :'request'::jsonb || jsonb_build_object(v.field, v.value)),
    v.code, pg_temp.message_of(v.code), v.field || ': ' || v.what
) FROM (
    VALUES
    ('name', NULL, 'WA101', 'none'),
    ('name', '', 'WA106', 'empty'),
    ('name', E'Car\nol', 'WA106', 'a line break'),
    ('name', repeat('n', 256), 'WA106', '256 characters'),
    ('email', NULL, 'WA101', 'none'),
    ('email', '', 'WA106', 'empty'),
    ('email', repeat('e', 247) || '@mail.com', 'WA106', '256 characters'),
    ('email', 'carol', 'WA113', 'no @'),
    ('email', 'carol@example.com ', 'WA113', 'a trailing space'),
    ('email', 'alice@example.com', 'WA302', 'taken'),
    ('email', 'Alice@Example.com', 'WA302', 'taken in other case'),
    ('phone', '', 'WA106', 'empty'),
    ('phone', repeat('1', 33), 'WA106', '33 characters'),
    ('phone', 'call me', 'WA113', 'letters'),
    ('password_hash', NULL, 'WA101', 'none'),
    ('password_hash', '', 'WA106', 'empty'),
    ('password_hash', repeat('h', 256), 'WA106', '256 characters'),
    ('actor', '', 'WA106', 'empty'),
    ('actor', E'web\nshop', 'WA106', 'a line break')
) AS v (field, value, code, what);

SELECT is(
    (SELECT count(*) FROM wallet_private.user_account), 4::bigint,
    'a refused request makes nobody'
);
SELECT lives_ok(pg_temp.call('sign_up', :'request'), 'the longest texts are good');
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
