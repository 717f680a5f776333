"""Every setting: its environment variable, its default, and what it does."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct

_ORIGIN = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]+)?")


class SettingsError(ValueError):
    """A setting is missing or makes no sense. The text names it."""


def variable(name: str) -> str:
    """The environment variable of a field."""
    return "DATABASE_URL" if name == "database_url" else f"PGWALLET_{name.upper()}"


def _doc(description: str, **limits: Any) -> Meta:
    return Meta(description=description, **limits)


def _rate(description: str) -> Meta:
    """A rate such as 10/minute. An empty default means no limit."""
    return Meta(description=description, pattern=r"\A[1-9][0-9]*/(second|minute|hour|day)\Z")


class Settings(Struct, frozen=True, kw_only=True, rename=variable):
    database_url: Annotated[str, _doc("The PostgreSQL server; without it the embedded one.")] = ""
    read_database_url: Annotated[str, _doc("A replica for the routes that only read.")] = ""
    database_role: Annotated[str, _doc("Role to act as; `none`: the login.")] = "wallet_gateway"
    database_pool: Annotated[int, _doc("Calls at a time, each on its connection.", ge=1)] = 16
    database_queue: Annotated[int, _doc("Requests that may wait for a call; more get 503.")] = 240
    database_patience: Annotated[float, _doc("Seconds that they wait; then 503.", gt=0)] = 2.0
    database_timeout: Annotated[float, _doc("Seconds that one call may take.", gt=0)] = 30.0
    grouping: Annotated[
        Literal["on", "off"], _doc("Whether movements, and reads, that wait go together.")
    ] = "on"
    home: Annotated[Path, _doc("Folder of the embedded server and the secret.")] = Path(".pgwallet")
    host: Annotated[str, _doc("Address to listen on.")] = "127.0.0.1"
    port: Annotated[int, _doc("Port to listen on.", ge=0, le=65535)] = 8080
    jwt_secret: Annotated[str, _doc("HS256 secret, 32 bytes or more.")] = ""
    jwt_public_key: Annotated[str, _doc("RS256, ES256 or EdDSA key: PEM text or a file.")] = ""
    jwt_jwks: Annotated[str, _doc("The issuer's JSON Web Key Set: a https URL or a file.")] = ""
    jwt_issuer: Annotated[str, _doc("`iss` that tokens must have.")] = ""
    jwt_audience: Annotated[str, _doc("`aud` that tokens must have.")] = ""
    jwt_subject_claim: Annotated[str, _doc("Claim that says who; `a.b` is b within a.")] = "sub"
    jwt_subject_is: Annotated[
        Literal["user_id", "external_id"], _doc("What a user's subject is: ours or the host's id.")
    ] = "user_id"
    jwt_role_claim: Annotated[str, _doc("Claim that says the role: a text or a list.")] = "role"
    jwt_user_values: Annotated[str, _doc("Its value for users; several with commas.")] = "user"
    jwt_support_values: Annotated[str, _doc("Its values for support agents.")] = "support"
    jwt_service_values: Annotated[str, _doc("Its values for services.")] = "service"
    jwt_admin_values: Annotated[str, _doc("Its values for admins.")] = "admin"
    token_ttl: Annotated[int, _doc("Seconds that a token from log-in lives.", ge=1)] = 3600
    password_length: Annotated[
        int, _doc("Characters that a new password has at least.", ge=8, le=64)
    ] = 8
    address_rate: Annotated[str, _rate("Sign-ups and failed log-ins from one address.")] = (
        "30/minute"
    )
    account_rate: Annotated[str, _rate("Failed log-ins to one account from one address.")] = (
        "10/minute"
    )
    support_limits: Annotated[
        str,
        _doc(
            "What a support agent may grant or refund at once, as in `GOLD:500,SILVER:2.5`.",
            pattern=r"\A([A-Z0-9_]+:[0-9]+(\.[0-9]+)?(,(?!\Z)|\Z))*\Z",
        ),
    ] = ""
    user_rate: Annotated[str, _rate("Requests of one user's tokens; empty: any number.")] = ""
    staff_rate: Annotated[str, _rate("Requests of one service or admin; empty: any number.")] = ""
    cors_origins: Annotated[
        str, _doc("Origins whose pages may ask, as in `https://a.example,https://b.example`.")
    ] = ""
    proxies: Annotated[int, _doc("Proxies in front whose X-Forwarded-For counts.", ge=0)] = 0
    client_timeout: Annotated[
        float, _doc("Seconds that a client may idle, or take to send a request.", gt=0)
    ] = 75.0
    shutdown_timeout: Annotated[float, _doc("Seconds to finish requests on SIGTERM.", ge=0)] = 20.0
    webhook_targets: Annotated[
        Literal["public", "any"], _doc("Where webhooks lead: https to public addresses, or `any`.")
    ] = "public"
    deliver_port: Annotated[
        int, _doc("Port of `pgwallet deliver` for /metrics and /health; 0: none.", ge=0, le=65535)
    ] = 8081
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
        if self.jwt_secret and any(
            getattr(self, field.name) != field.default
            for field in msgspec.structs.fields(self)
            if field.name.startswith(("jwt_subject_", "jwt_role_"))
            or field.name.endswith("_values")
        ):
            raise ValueError("PGWALLET_JWT_SUBJECT_, _ROLE_ and _VALUES are for another issuer")
        for origin in filter(None, self.cors_origins.split(",")):
            if not _ORIGIN.fullmatch(origin):
                raise ValueError(f"PGWALLET_CORS_ORIGINS: {origin!r} is not as browsers send it")

    def __repr__(self) -> str:
        return "Settings()"  # no log gets a secret by it

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """The settings of the environment. An empty variable counts as not set.
        Raises: SettingsError.
        """
        given = {name: text.strip() for name, text in environ.items() if text.strip()}
        try:
            return msgspec.convert(given, cls, strict=False, dec_hook=lambda kind, text: kind(text))
        except msgspec.ValidationError as error:
            raise SettingsError(str(error)) from None

    @classmethod
    def table(cls) -> list[tuple[str, str, str]]:
        """(variable, default, what it does) of each setting, for docs/reference."""
        return [
            (field.encode_name, str(field.default), field.type.__metadata__[0].description)
            for field in msgspec.structs.fields(cls)
        ]
