"""Every way in which a request can fail, answered as application/problem+json (RFC 9457)."""

import logging
from typing import Final

import asyncpg
import msgspec
from aiohttp import web

from gateway import metrics

logger = logging.getLogger("pgwallet.problems")

# code -> (HTTP status, title). SQL raises the WA codes, and the title is the error's message. The
# GW codes are the gateway's own.
CODES: Final[dict[str, tuple[int, str]]] = {
    "GW400": (400, "request malformed"),
    "GW401": (401, "not authenticated"),
    "GW403": (403, "not allowed for this role"),
    "GW404": (404, "no such route"),
    "GW405": (405, "method not allowed"),
    "GW408": (408, "request incomplete for too long"),
    "GW413": (413, "body too large"),
    "GW422": (422, "field unknown, missing or of the wrong type"),
    "GW429": (429, "too many attempts"),
    "GW500": (500, "internal error"),
    "GW501": (501, "this gateway issues no tokens"),
    "GW503": (503, "temporarily unavailable"),
    "WA101": (422, "an argument is missing"),
    "WA102": (422, "an amount has to be positive"),
    "WA103": (422, "an amount has too many decimals"),
    "WA104": (400, "the idempotency key is missing or malformed"),
    "WA105": (422, "an amount is too large"),
    "WA106": (422, "a text is malformed"),
    "WA107": (422, "the amount does not convert exactly"),
    "WA108": (422, "the cursor is malformed or of another query"),
    "WA109": (422, "a value is out of range"),
    "WA110": (422, "a value is not one of the known ones"),
    "WA111": (422, "metadata has to be a small object"),
    "WA112": (422, "an asset does not convert into itself"),
    "WA113": (422, "an email address or phone number is malformed"),
    "WA114": (422, "a code is malformed"),
    "WA115": (422, "a user is named twice"),
    "WA116": (422, "the time zone is not known"),
    "WA117": (422, "the transaction can't be refunded"),
    "WA118": (422, "a line is out of order"),
    "WA125": (422, "a url is malformed"),
    "WA126": (422, "a secret is malformed"),
    "WA127": (422, "results are missing"),
    "WA130": (422, "the arguments don't fit the function"),
    "WA201": (404, "user not found"),
    "WA202": (404, "asset not found"),
    "WA203": (404, "task not found"),
    "WA204": (404, "item not found"),
    "WA205": (404, "hold not found"),
    "WA206": (404, "transaction not found"),
    "WA207": (404, "conversion rate not found"),
    "WA208": (404, "campaign not found"),
    "WA209": (404, "checkpoint not found"),
    "WA220": (404, "subscription not found"),
    "WA221": (404, "alert not found"),
    "WA225": (404, "webhook not found"),
    "WA230": (404, "proposal not found"),
    "WA231": (404, "limit not found"),
    "WA301": (422, "the idempotency key was used for another request"),
    "WA302": (409, "the email address is taken"),
    "WA303": (409, "the external id is taken"),
    "WA304": (409, "the code is taken"),
    "WA305": (409, "the price has changed"),
    "WA306": (409, "the conversion rate has changed"),
    "WA307": (409, "the hold is closed"),
    "WA308": (409, "the rates would let a round trip gain"),
    "WA309": (409, "the transaction can't be reversed"),
    "WA310": (409, "an external id stays with its user"),
    "WA320": (409, "the cursor is of another history"),
    "WA321": (409, "the feed has no index"),
    "WA340": (409, "the store has said something else"),
    "WA350": (409, "the user can't be erased yet"),
    "WA351": (409, "the wallet has a history already"),
    "WA322": (409, "the alert does not fit"),
    "WA401": (409, "the balance is too low"),
    "WA402": (409, "the supply is exhausted"),
    "WA403": (409, "the item is out of stock"),
    "WA404": (409, "the item's limit per user is reached"),
    "WA405": (409, "the task's limit per user is reached"),
    "WA406": (409, "the task is cooling down"),
    "WA407": (409, "more than the hold has left"),
    "WA408": (409, "more than is left to reverse"),
    "WA409": (409, "users hold more than that"),
    "WA410": (409, "the budget is used up"),
    "WA411": (409, "more than that is granted"),
    "WA412": (409, "a limit is reached"),
    "WA413": (409, "the user would hold too much"),
    "WA414": (409, "the user is in debt"),
    "WA415": (409, "a second operator has to approve this"),
    "WA416": (409, "nobody approves their own proposal"),
    "WA417": (409, "the proposal is no longer pending"),
    "WA418": (403, "this login can't speak for another"),
    "WA501": (403, "the account is not active"),
    "WA502": (403, "this is not allowed here"),
    "WA503": (403, "the asset, task or item is closed"),
    "WA601": (503, "a partition is away"),
    "WA504": (403, "the user is erased"),
    "WA901": (500, "this try is taken back"),
    "WA902": (500, "history is append-only"),
}

for _code, (_status, _) in CODES.items():
    if _status >= 500:
        metrics.failures.labels(_code)  # starts at zero: the first one is an increase

CODE = web.RequestKey("code", str)  # of the problem that a request was answered with

_LONGEST = 500  # characters of a detail that quotes the request

# SQLSTATEs of PostgreSQL's own that a wrong request causes.
_NUL = "Text can't contain the character NUL."
_UNFIT: Final = {"22000": "A value is out of range.", "22021": _NUL, "22P05": _NUL}
# SQLSTATEs that pass by themselves. Two characters stand for a class.
_TRANSIENT: Final = {
    "08",  # connection lost
    "25006",  # read-only: a standby, after a failover
    "40001",  # serialization failure, still after the retries
    "40P01",  # deadlock
    "53",  # too many connections, memory or disk full
    "55P03",  # lock not available
    "57",  # starting up, shutting down, or cancelled by a timeout
}


class Problem(Exception):
    """A failure with a code. It is raised anywhere and answered in one place."""

    def __init__(
        self,
        code: str,
        detail: str | None = None,
        hint: str | None = None,
        *,
        title: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        self.status, known = CODES[code]
        self.code, self.title, self.detail, self.hint = code, title or known, detail, hint
        self.headers = headers or {}
        if self.status == 401:
            self.headers["WWW-Authenticate"] = "Bearer"
        elif self.status == 503:
            self.headers["Retry-After"] = "1"
        super().__init__(code, self.title, detail)

    def response(self, request_id: str) -> web.Response:
        body = {
            "type": f"urn:pgwallet:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "hint": self.hint,
            "request_id": request_id,
        }
        headers = {"Content-Type": "application/problem+json"} | self.headers
        return web.Response(body=msgspec.json.encode(body), status=self.status, headers=headers)


def too_many() -> Problem:
    """The queue is full."""
    return Problem("GW503", "Too many requests are waiting.")


def too_late() -> Problem:
    """The request was in a queue for too long."""
    return Problem("GW503", "The request has waited too long.")


def is_transient(error: asyncpg.PostgresError) -> bool:
    """Whether the same request may be accepted later."""
    state = error.sqlstate or ""
    return state in _TRANSIENT or state[:2] in _TRANSIENT


def is_lost(error: asyncpg.PostgresError) -> bool:
    """Whether its connection is useless: closed, read-only, or without its prepared statements."""
    state = error.sqlstate or ""
    return state in ("25006", "26000") or state.startswith(("08", "57P"))


def problem_of(error: Exception) -> Problem:
    """The problem that answers an exception. An unforeseen one is logged, not told."""
    match error:
        case Problem():
            return error
        case asyncpg.PostgresError():
            return _of_postgres(error)
        case msgspec.ValidationError():
            return Problem("GW422", str(error)[:_LONGEST])
        case msgspec.DecodeError() | UnicodeDecodeError():
            return Problem("GW400", "The body is not valid JSON.")
        case web.RequestPayloadError() | ConnectionResetError():
            return Problem("GW400", "The body is incomplete.")
        case RecursionError():
            return Problem("GW422", "The body is nested too deeply.")
        case web.HTTPNotFound() | web.HTTPForbidden():
            return Problem("GW404")
        case web.HTTPMethodNotAllowed():
            return Problem("GW405", headers={"Allow": error.headers["Allow"]})
        case web.HTTPRequestEntityTooLarge():
            return Problem("GW413", "The body is larger than this route takes.")
    logger.error("unexpected error", exc_info=error)
    return Problem("GW500")


def _of_postgres(error: asyncpg.PostgresError) -> Problem:
    state, message = error.sqlstate or "", error.message
    if state in CODES and not state.startswith("WA9"):
        return Problem(state, error.detail, error.hint, title=message)
    if state in _UNFIT:
        return Problem("GW422", _UNFIT[state])
    metrics.errors.labels(state).inc()
    if is_transient(error):
        logger.warning("%s %s", state, message)
        return Problem("GW503", "The database is busy or away.")
    # DETAIL stays out: it may quote a row, and rows hold addresses.
    logger.error("%s %s (constraint %s)\n%s", state, message, error.constraint_name, error.context)
    return Problem(state if state in CODES else "GW500")
