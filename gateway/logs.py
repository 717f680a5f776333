"""One line for each event: readable on a terminal, JSON anywhere else."""

import asyncio
import logging
import sys
import threading
from collections import deque
from contextvars import ContextVar
from datetime import UTC, datetime
from time import time
from types import TracebackType
from typing import Any

import msgspec

# What every line says that is about the request at hand: its request_id, and its trace_id.
REQUEST: ContextVar[dict[str, str]] = ContextVar("request")

_access = logging.getLogger("pgwallet.access")


def _event(created: float, level: str, logger: str, fields: dict[str, Any]) -> dict[str, Any]:
    time = datetime.fromtimestamp(created, UTC)
    return {"time": time, "level": level, "logger": logger, **fields, **REQUEST.get({})}


class _Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        # An event that consists of fields is logged as a dict.
        said: object = record.msg
        fields = said if isinstance(said, dict) else {"message": record.getMessage()}
        event = _event(record.created, record.levelname, record.name, fields)
        if record.exc_info:
            event["exception"] = self.formatException(record.exc_info)
        return self.write(event)

    def write(self, event: dict[str, Any]) -> str:
        return msgspec.json.encode(event).decode()


class _TerminalFormatter(_Formatter):
    def write(self, fields: dict[str, Any]) -> str:
        time, level, logger = (fields.pop(name) for name in ("time", "level", "logger"))
        exception = fields.pop("exception", None)
        fields["ms"] = f"{fields['ms']} ms" if "ms" in fields else None
        text = " ".join(str(value) for value in fields.values() if value is not None)
        line = f"{time:%H:%M:%S} {level:7} {logger.removeprefix('pgwallet.'):8} {text}"
        return line if exception is None else f"{line}\n{exception}"


class _Handler(logging.Handler):
    """Writes what is no warning up to 10 ms later, and all of it together."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: deque[str] = deque()
        self._is_due = False

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._lines.append(self.format(record) + "\n")
        except Exception:
            self.handleError(record)
        self.flush()

    def emit_soon(self, line: str) -> None:
        self._lines.append(line + "\n")
        if not self._is_due:
            self._is_due = True
            asyncio.get_running_loop().call_later(0.01, self._flush_due)

    def _flush_due(self) -> None:
        self._is_due = False
        self.flush()

    def flush(self) -> None:
        """What can't be written is lost: the wallet goes on without a log."""
        self.acquire()
        try:
            text = "".join(self._lines.popleft() for _ in range(len(self._lines)))
            sys.stderr.write(text)
            sys.stderr.flush()
        except (OSError, ValueError):
            pass
        finally:
            self.release()


_json: _Handler | None = None  # what writes, if JSON is to be written


def access(fields: dict[str, Any]) -> None:
    """A line about a request. By logging's own ways it would cost an eighth of the request."""
    if not _access.isEnabledFor(logging.INFO):
        return
    if _json is None:
        _access.info(fields)
    else:
        event = _event(time(), "INFO", _access.name, fields)
        _json.emit_soon(msgspec.json.encode(event).decode())


def set_up(level: str = "INFO") -> None:
    """Send everything that is logged to the standard error output, and what nobody has caught."""
    global _json
    handler, is_terminal = _Handler(), sys.stderr.isatty()
    handler.setFormatter(_TerminalFormatter() if is_terminal else _Formatter())
    _json = None if is_terminal else handler
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("pgwallet").setLevel(level)
    # It quotes what is no HTTP, be it a token; it has answered 400 by then.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    logging.captureWarnings(True)
    sys.excepthook = _log_uncaught
    threading.excepthook = lambda args: _log_uncaught(
        args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
    )


def are_json() -> bool:
    """Whether they are set up, and not for a terminal."""
    return _json is not None


def _log_uncaught(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    logging.getLogger("pgwallet").critical("uncaught", exc_info=(kind, error, traceback))
