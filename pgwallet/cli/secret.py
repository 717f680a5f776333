"""The secret that signs tokens where none is named: made once and kept in the home."""

import os
import secrets
from contextlib import suppress

from msgspec.structs import replace

from gateway.settings import Settings, SettingsError


def with_secret(settings: Settings, *, make: bool) -> Settings:
    """The settings with the secret that is kept in the home, if none is named."""
    if settings.jwt_secret or settings.jwt_public_key or settings.jwt_jwks:
        return settings
    path = settings.home / "jwt_secret"
    if make and not path.exists():
        settings.home.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError), open(path, "x", opener=_private) as file:
            file.write(secrets.token_urlsafe(48))
    if not path.exists():
        raise SettingsError("PGWALLET_JWT_SECRET is not set")
    return replace(settings, jwt_secret=path.read_text().strip())


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
