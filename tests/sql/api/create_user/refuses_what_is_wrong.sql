BEGIN;
SELECT plan(34);
\ir ../../support/_economy.sql

SELECT throws_ok(
    pg_temp.call('create_user', jsonb_build_object(v.field, v.value)),
    v.code, pg_temp.message_of(v.code), v.field || ': ' || v.what
) FROM (
    VALUES
    ('external_id', '', 'WA106', 'empty'),
    ('external_id', E'host\n7', 'WA106', 'a line break'),
    ('external_id', repeat('x', 256), 'WA106', '256 characters'),
    ('external_id', 'alice', 'WA303', 'taken'),
    ('name', '', 'WA106', 'empty'),
    ('name', E'Car\tol', 'WA106', 'a tab'),
    ('name', repeat('x', 256), 'WA106', '256 characters'),
    ('email', '', 'WA106', 'empty'),
    ('email', E'carol@example.com\n', 'WA106', 'a line break'),
    ('email', repeat('x', 251) || '@x.de', 'WA106', '256 characters'),
    ('email', 'carol', 'WA113', 'no @'),
    ('email', '@example.com', 'WA113', 'nothing before the @'),
    ('email', 'carol@', 'WA113', 'nothing behind the @'),
    ('email', 'carol@home@example.com', 'WA113', 'two @'),
    ('email', 'carol smith@example.com', 'WA113', 'a space'),
    ('email', ' carol@example.com', 'WA113', 'a leading space'),
    ('email', 'carol@example.com ', 'WA113', 'a trailing space'),
    ('email', 'alice@example.com', 'WA302', 'taken'),
    ('email', 'ALICE@Example.COM', 'WA302', 'taken in other case'),
    ('phone', '', 'WA106', 'empty'),
    ('phone', E'555\n1234', 'WA106', 'a line break'),
    ('phone', repeat('1', 33), 'WA106', '33 characters'),
    ('phone', '+', 'WA113', 'no digit'),
    ('phone', 'call me', 'WA113', 'letters'),
    ('phone', '555 CALL', 'WA113', 'letters within'),
    ('phone', '++1 555', 'WA113', 'two +'),
    ('role', NULL, 'WA101', 'none'),
    ('role', '', 'WA110', 'empty'),
    ('role', 'root', 'WA110', 'unknown'),
    ('role', 'Admin', 'WA110', 'in other case')
) AS v (field, value, code, what);

SELECT is(
    (pg_temp.refusal_of('SELECT wallet.create_user(p_role => ''root'')')).detail,
    'role is ''root''; it can be user, support, service, admin.', 'the detail lists the roles'
);
SELECT throws_ok(
    'SELECT wallet.create_user(''alice'', p_email => ''bob@example.com'')', 'WA302',
    'the email address is taken', 'both taken: the address comes first'
);
SELECT is(
    (SELECT count(*) FROM wallet_private.user_account), 4::bigint,
    'a refused request makes nobody'
);
SELECT is_empty('SELECT * FROM wallet.verify()', 'the books are sound');

SELECT * FROM finish();
ROLLBACK;
