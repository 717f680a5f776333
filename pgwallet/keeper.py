"""Keeps the embedded server running for as long as a command needs it."""

import logging
import threading
import time
from pathlib import Path
from typing import Self

from pgwallet.embedded import EmbeddedError, EmbeddedPostgres

LOOKS_EACH = 0.5  # seconds
WAITS_FIRST, WAITS_AT_MOST = 0.5, 5.0  # seconds between two tries
IS_SOUND_AFTER = 60.0  # seconds; a server that has run so long is started again without a wait

logger = logging.getLogger("pgwallet")


class Keeper:
    """A thread that starts the server of a home again whenever it has ended.

    Why it has ended makes no difference: it was killed, or another command that shares it has
    stopped it. A server that recovers by itself, as after the end of a backend, is left alone.
    """

    def __init__(self, home: Path) -> None:
        self.has_started_it = False  # so it has to be stopped by who uses the keeper
        self._postgres = EmbeddedPostgres(home)
        self._is_leaving = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="keeper")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        """Ends a start that is under way; nothing of that is left."""
        self._is_leaving.set()
        self._postgres.give_up()
        self._thread.join()

    def _keep(self) -> None:
        wait, tried = 0.0, time.monotonic()
        while not self._is_leaving.wait(LOOKS_EACH):
            if self._postgres.is_running():
                continue
            if time.monotonic() - tried > IS_SOUND_AFTER:
                wait = 0.0
            logger.warning("PostgreSQL has ended; it is started again in %g s", wait)
            if self._is_leaving.wait(wait):
                return
            wait = min(2 * wait or WAITS_FIRST, WAITS_AT_MOST)
            self._try()
            tried = time.monotonic()

    def _try(self) -> None:
        try:
            if not self._postgres.has_data():
                raise EmbeddedError(f"its data is gone from {self._postgres.data_dir}")
            self.has_started_it |= self._postgres.start()
        except (EmbeddedError, OSError) as error:
            if not self._is_leaving.is_set():
                cause = getattr(error, "cause", error)
                logger.error("PostgreSQL can't be started: %s", cause)
        else:
            logger.warning("PostgreSQL has recovered and answers again")
