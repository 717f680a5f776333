"""`make watch`: on every save, load what was saved and run its tests.

A function is loaded into a server of this process's own, and into the wallet of `make up` while
that one runs; then its pgTAP files run. A saved test file runs alone. What a DATABASE_URL names is
never touched: it may be anything.
"""

import asyncio
import re
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import watchfiles

from gateway.settings import Settings
from pgwallet.embedded import EmbeddedPostgres
from pgwallet.migrate import MigrationError, migrate
from tests.support import pgtap
from tests.support.paths import DB, ROOT, SQL_TESTS, TESTS
from tests.support.servers import Server, Servers

GENERATED = ("install.sql", "current.sql", "locks.json")


def to_run_after(path: Path) -> list[Path]:
    """What to run after a file was saved."""
    if path.suffix == ".py":
        return [path] if path.name.startswith("test_") else []
    if SQL_TESTS in path.parents and not path.name.startswith("_"):
        return [path]
    if path.parent == DB / "functions/api":
        return _files([SQL_TESTS / "api" / path.stem])
    if DB / "functions/private" in path.parents:
        return _files(SQL_TESTS / "api" / name for name in _callers(path.stem))
    return _files([SQL_TESTS])


def _files(folders: Iterable[Path]) -> list[Path]:
    found = {path for folder in folders for path in folder.rglob("*.sql")}
    return sorted(path for path in found if not path.name.startswith("_"))


def _callers(name: str) -> set[str]:
    """The API functions that come to a helper, by themselves or through others."""
    texts = {path: path.read_text() for path in (DB / "functions").rglob("*.sql")}
    reached, new = {name}, {name}
    while new:
        words = re.compile(rf"\bwallet(_private)?\.({'|'.join(map(re.escape, new))})\b")
        new = {path.stem for path, text in texts.items() if words.search(text)} - reached
        reached |= new
    return {path.stem for path in texts if path.parent.name == "api"} & reached


class Watch:
    def __init__(self, server: Server) -> None:
        self.server = server

    def handle(self, paths: set[Path]) -> None:
        """Load and test what was saved; print what is wrong, and raise nothing."""
        began = time.monotonic()
        print("\n" + "  ".join(sorted(str(path.relative_to(ROOT)) for path in paths)), flush=True)
        try:
            if any(DB in path.parents for path in paths):
                self._load(is_schema=any(path.parent == DB / "schema" for path in paths))
            files = sorted({file for path in paths if path.exists() for file in to_run_after(path)})
            failed = sum(not self._passes(file) for file in files)
            verdict = f"{failed} FAILED" if failed else "all passed" if files else "no tests"
        except MigrationError as error:
            verdict = f"NOT LOADED\n{error}"
        except Exception as error:
            verdict = f"{type(error).__name__}: {error}"
        print(f"{verdict} ({time.monotonic() - began:.1f} s)", flush=True)

    def _load(self, *, is_schema: bool) -> None:
        if is_schema:  # it was applied already, perhaps: begin with nothing
            for name in ("failures", "template", "tap_template", "tap_database"):
                self.server.__dict__.pop(name, None)
        ran = asyncio.run(migrate(self.server.tap_database.dsn))
        print(f"loaded {', '.join(ran) or 'all anew'}")
        wallet = EmbeddedPostgres(Settings.from_env().home)
        if wallet.is_running():
            asyncio.run(migrate(wallet.dsn()))
            print("loaded into the wallet of `make up` too")

    def _passes(self, file: Path) -> bool:
        if file.suffix == ".py":
            return subprocess.call([sys.executable, "-m", "pytest", "-q", file], cwd=ROOT) == 0
        problems = pgtap.run(file, self.server.tap_database)
        for line in [f"FAILED {file.relative_to(ROOT)}", *problems] if problems else []:
            print(line, flush=True)
        return not problems


def is_watched(_: object, name: str) -> bool:
    path = Path(name)
    return path.suffix in (".sql", ".py") and path.name not in GENERATED


def main() -> None:
    servers = Servers()
    try:
        watch = Watch(servers["18"])
        print(watch.server.tap_database.dsn)
        is_waiting = False
        for changes in watchfiles.watch(
            DB, TESTS, watch_filter=is_watched, raise_interrupt=False,
            rust_timeout=500, yield_on_timeout=True,
        ):  # fmt: skip
            if changes:
                watch.handle({Path(name) for _, name in changes})
            elif not is_waiting:  # only now is no save missed
                is_waiting = True
                print("waiting for a save in db/ or tests/", flush=True)
    except KeyboardInterrupt:  # between two waits
        pass
    finally:
        servers.stop()


if __name__ == "__main__":
    main()
