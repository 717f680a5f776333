"""What the environment may say."""

from pathlib import Path

import pytest

from gateway.settings import Settings, SettingsError


def test_an_empty_environment_is_enough() -> None:
    settings = Settings.from_env({"PGWALLET_PORT": "", "PGWALLET_HOME": " ", "PATH": "/bin"})
    assert (settings.port, settings.home, settings.database_url) == (8080, Path(".pgwallet"), "")


def test_values_are_read() -> None:
    environ = {"DATABASE_URL": "postgresql://x", "PGWALLET_PORT": "9", "PGWALLET_HOME": "/a b"}
    settings = Settings.from_env(environ)
    assert settings.database_url == "postgresql://x"
    assert (settings.port, settings.home) == (9, Path("/a b"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PGWALLET_PORT", "x"),
        ("PGWALLET_PORT", "65536"),
        ("PGWALLET_PORT", "-1"),
        ("PGWALLET_DATABASE_POOL", "0"),
        ("PGWALLET_DATABASE_PATIENCE", "0"),
        ("PGWALLET_JWT_SECRET", "x" * 31),
        ("PGWALLET_JWT_JWKS", "http://example.com/keys"),
        ("PGWALLET_ACCOUNT_RATE", "often"),
        ("PGWALLET_LOG_LEVEL", "LOUD"),
    ],
)
def test_a_value_that_makes_no_sense_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name) as raised:
        Settings.from_env({name: value})
    assert "x" * 31 not in str(raised.value)


def test_one_issuer_only() -> None:
    with pytest.raises(SettingsError, match="PGWALLET_JWT_SECRET"):
        Settings.from_env({"PGWALLET_JWT_SECRET": "x" * 32, "PGWALLET_JWT_PUBLIC_KEY": "key.pem"})


def test_a_setting_is_not_printed() -> None:
    settings = Settings(jwt_secret="x" * 32, database_url="postgresql://u:pass@h/d")
    assert "xxx" not in f"{settings} {settings!r}"
    assert "pass" not in f"{settings} {settings!r}"


def test_every_setting_is_explained() -> None:
    for name, _, doc in Settings.table():
        assert name == "DATABASE_URL" or name.startswith("PGWALLET_")
        assert doc.endswith(".")
