"""The secret that signs tokens if no setting names one. It is kept in PGWALLET_HOME."""

import os
import secrets
from contextlib import suppress

from msgspec.structs import replace

from gateway.settings import Settings, SettingsError


def with_secret(settings: Settings, *, make: bool) -> Settings:
    """The settings, with the kept secret if they name none. make: makes one if there is none."""
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
