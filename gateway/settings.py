"""Everything that can be set: the environment variable, its default, and what it does."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct


class SettingsError(ValueError):
    """A setting is missing or makes no sense; the text names it."""


def variable(name: str) -> str:
    """The environment variable of a field."""
    return "DATABASE_URL" if name == "database_url" else f"PGWALLET_{name.upper()}"


def _doc(description: str, **limits: Any) -> Meta:
    return Meta(description=description, **limits)


def _rate(description: str) -> Meta:
    return Meta(description=description, pattern=r"\A[1-9][0-9]*/(second|minute|hour|day)\Z")


class Settings(Struct, frozen=True, kw_only=True, rename=variable):
    database_url: Annotated[str, _doc("The PostgreSQL server; without it the embedded one.")] = ""
    read_database_url: Annotated[str, _doc("A replica for the routes that only read.")] = ""
    database_role: Annotated[str, _doc("Role to act as; `none`: the login.")] = "wallet_gateway"
    database_pool: Annotated[int, _doc("Calls at a time, each on its connection.", ge=1)] = 16
    database_queue: Annotated[int, _doc("Requests that may wait for one; more get 503.")] = 112
    database_patience: Annotated[float, _doc("Seconds that they wait; then 503.", gt=0)] = 2.0
    database_timeout: Annotated[float, _doc("Seconds that one call may take.", gt=0)] = 30.0
    grouping: Annotated[
        Literal["on", "off"], _doc("Whether movements that have to wait go together.")
    ] = "on"
    home: Annotated[Path, _doc("Folder of the embedded server and the secret.")] = Path(".pgwallet")
    host: Annotated[str, _doc("Address to listen on.")] = "127.0.0.1"
    port: Annotated[int, _doc("Port to listen on.", ge=0, le=65535)] = 8080
    jwt_secret: Annotated[str, _doc("HS256 secret, 32 bytes or more.")] = ""
    jwt_public_key: Annotated[str, _doc("RS256, ES256 or EdDSA key: PEM text or a file.")] = ""
    jwt_jwks: Annotated[str, _doc("The issuer's JSON Web Key Set: a https URL or a file.")] = ""
    jwt_issuer: Annotated[str, _doc("`iss` that tokens must have.")] = ""
    jwt_audience: Annotated[str, _doc("`aud` that tokens must have.")] = ""
    token_ttl: Annotated[int, _doc("Seconds that a token from log-in lives.", ge=1)] = 3600
    address_rate: Annotated[str, _rate("Sign-ups and log-ins from one address.")] = "30/minute"
    account_rate: Annotated[str, _rate("Log-ins to one account.")] = "10/minute"
    proxies: Annotated[int, _doc("Proxies in front whose X-Forwarded-For counts.", ge=0)] = 0
    client_timeout: Annotated[
        float, _doc("Seconds that a client may idle, or take to send a request.", gt=0)
    ] = 75.0
    shutdown_timeout: Annotated[float, _doc("Seconds to finish requests on SIGTERM.", ge=0)] = 20.0
    traces: Annotated[
        Literal["on", "off"], _doc("Whether to send spans, as the OTEL_* variables say.")
    ] = "off"
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"], _doc("What to log; requests are INFO.")
    ] = "INFO"

    def __post_init__(self) -> None:
        if self.jwt_secret and len(self.jwt_secret.encode()) < 32:
            raise ValueError("PGWALLET_JWT_SECRET is shorter than 32 bytes")
        if sum(map(bool, (self.jwt_secret, self.jwt_public_key, self.jwt_jwks))) > 1:
            raise ValueError("one of PGWALLET_JWT_SECRET, _PUBLIC_KEY and _JWKS, not several")
        url = urlsplit(self.jwt_jwks)
        if url.scheme == "http" and url.hostname not in ("localhost", "127.0.0.1"):
            raise ValueError("PGWALLET_JWT_JWKS has to be https")

    def __repr__(self) -> str:
        return "Settings()"  # no secret gets into a log by it

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """What the environment says; an empty variable says nothing."""
        given = {name: text.strip() for name, text in environ.items() if text.strip()}
        try:
            return msgspec.convert(given, cls, strict=False, dec_hook=lambda kind, text: kind(text))
        except msgspec.ValidationError as error:
            raise SettingsError(str(error)) from None

    @classmethod
    def table(cls) -> list[tuple[str, str, str]]:
        """(variable, default, what it does) of each setting, for the README."""
        return [
            (field.encode_name, str(field.default), field.type.__metadata__[0].description)
            for field in msgspec.structs.fields(cls)
        ]
