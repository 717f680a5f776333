"""One line for each event: readable on a terminal, JSON anywhere else."""

import logging
import sys
import threading
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import msgspec

# What every line says that is about the request at hand: its request_id, and its trace_id.
REQUEST: ContextVar[dict[str, str]] = ContextVar("request")

_are_json = False


class _Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        # An event that consists of fields is logged as a dict.
        said: object = record.msg
        fields = said if isinstance(said, dict) else {"message": record.getMessage()}
        event = {
            "time": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname,
            "logger": record.name,
            **fields,
            **REQUEST.get({}),
        }
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


def set_up(level: str = "INFO") -> None:
    """Sends all that is logged to the standard error output, uncaught exceptions too."""
    global _are_json
    # No line tells these. To find them for each would cost as much as to write it.
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    _are_json = not sys.stderr.isatty()
    handler = logging.StreamHandler()
    handler.setFormatter(_Formatter() if _are_json else _TerminalFormatter())
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
    return _are_json


def _log_uncaught(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    logging.getLogger("pgwallet").critical("uncaught", exc_info=(kind, error, traceback))
