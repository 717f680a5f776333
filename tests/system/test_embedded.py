"""Promises of the embedded server, kept by real servers that are really killed."""

import asyncio
import contextlib
import itertools
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from pgwallet import embedded
from pgwallet.embedded import EmbeddedError, EmbeddedPostgres

IS_ROOT = os.geteuid() == 0
POSTGRES_15 = Path("/usr/lib/postgresql/15/bin")
as_root = pytest.mark.skipif(not IS_ROOT, reason="only root runs the server as another user")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short folder that everyone may pass; what runs in it afterwards is killed."""
    path = Path(tempfile.mkdtemp(prefix="pgw-", dir="/tmp"))
    path.chmod(0o755)
    yield path
    while pids := running_below(path):
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)
    shutil.rmtree(path)


@pytest.fixture
def home(folder: Path, cluster: Path) -> Path:
    """A home whose cluster was made already, by a copy."""
    subprocess.run(["cp", "-a", cluster, folder / "home"], check=True)
    return folder / "home"


@pytest.fixture
def private_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for root alone, in a system whose /var/lib is another folder."""
    monkeypatch.setattr(embedded, "SYSTEM_HOME", folder / "var")
    private = folder / "root"
    private.mkdir(mode=0o700)
    return private


@pytest.fixture(scope="module")
def cluster() -> Iterator[Path]:
    """The home of a stopped server with a table, to be copied."""
    with tempfile.TemporaryDirectory(prefix="pgw-", dir="/tmp") as path:
        os.chmod(path, 0o755)
        with EmbeddedPostgres(Path(path, "home")) as postgres:
            query(postgres, "CREATE TABLE note AS SELECT 'kept'::text AS body")
        yield Path(path, "home")


def query(postgres: EmbeddedPostgres, sql: str, dbname: str = "postgres") -> Any:
    async def fetch() -> Any:
        connection = await asyncpg.connect(postgres.dsn(dbname), timeout=10)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return asyncio.run(fetch())


def note(postgres: EmbeddedPostgres) -> Any:
    return query(postgres, "SELECT body FROM note")


def running_below(path: Path) -> list[int]:
    """The processes that work in a folder or deeper."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if Path(os.readlink(process / "cwd")).is_relative_to(path.resolve()):
                found.append(int(process.name))
    return found


def commands_naming(path: Path) -> str:
    """The command lines of all processes that contain a path."""
    listing = subprocess.check_output(["ps", "-eo", "args"], text=True)
    return "\n".join(line for line in listing.splitlines() if str(path) in line)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def owner_of(path: Path) -> dict[str, Any]:
    """What makes a subprocess run as the owner of a file."""
    status = path.stat()
    identity = {"user": status.st_uid, "group": status.st_gid, "extra_groups": []}
    return identity if IS_ROOT else {}


@contextlib.contextmanager
def process(*command: object, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """Another process, killed in the end."""
    words = [str(word) for word in command]
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True} | options
    with subprocess.Popen(words, **options) as running:
        try:
            yield running
        finally:
            running.kill()


def in_python(home: Path, code: str) -> list[str]:
    """The command of another Python, in which `postgres` is the server of this home."""
    prelude = (
        "import time; from pathlib import Path; from pgwallet.embedded import EmbeddedPostgres;"
        f"postgres = EmbeddedPostgres(Path({str(home)!r}));"
    )
    return [sys.executable, "-c", prelude + code]


def eventually(condition: Callable[[], object], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.002)
    return True


def test_first_start_makes_a_cluster_that_answers(folder: Path) -> None:
    postgres = EmbeddedPostgres(folder / "home", options={"work_mem": "5MB", "search_path": "it's"})
    assert not postgres.is_running()
    assert postgres.start()
    assert postgres.is_running()

    def show(setting: str) -> str:
        return str(query(postgres, f"SHOW {setting}"))

    assert show("server_version").startswith("18.")
    assert show("server_encoding") == "UTF8"
    assert (show("fsync"), show("data_checksums"), show("listen_addresses")) == ("on", "on", "")
    assert (show("work_mem"), show("search_path")) == ("5MB", "it's")
    assert query(postgres, "SELECT lower('Ä') = 'ä' AND 'Z' < 'a'")
    assert mode_of(postgres.data_dir) == mode_of(postgres.socket_dir) == 0o700
    assert mode_of(postgres.log) == 0o600
    assert "ready to accept connections" in postgres.log.read_text()
    if IS_ROOT:
        status = Path(f"/proc/{postgres.pid()}/status").read_text()
        uid, gid = postgres.data_dir.stat().st_uid, postgres.data_dir.stat().st_gid
        assert uid != 0
        assert f"Uid:\t{uid}\t{uid}\t{uid}\t{uid}\nGid:\t{gid}\t{gid}\t{gid}\t{gid}\n" in status


def test_start_of_a_running_server_leaves_it_alone(home: Path) -> None:
    first, second = EmbeddedPostgres(home), EmbeddedPostgres(home)
    assert first.start()
    pid = first.pid()
    assert not second.start()
    assert pid is not None
    assert second.pid() == first.pid() == pid


def test_dsn_serves_psql_too(home: Path) -> None:
    with EmbeddedPostgres(home) as postgres:
        psql = [str(postgres.bin_dir / "psql"), "-XAtc", "SELECT body FROM note"]
        assert subprocess.check_output([*psql, postgres.dsn("postgres")], text=True) == "kept\n"


def test_data_is_kept_over_a_restart(home: Path) -> None:
    with EmbeddedPostgres(home) as postgres:
        query(postgres, "INSERT INTO note VALUES ('new')")
    with EmbeddedPostgres(home) as postgres:
        assert query(postgres, "SELECT count(*) FROM note") == 2


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_stop_leaves_no_process(home: Path, mode: str) -> None:
    postgres = EmbeddedPostgres(home)
    postgres.start()
    assert len(running_below(home)) > 3
    postgres.stop(mode)
    assert running_below(home) == []
    assert not postgres.is_running()
    postgres.stop(mode)
    assert postgres.start()
    assert note(postgres) == "kept"


def test_stop_where_nothing_was_started_does_nothing(folder: Path) -> None:
    EmbeddedPostgres(folder / "home").stop()
    assert not (folder / "home").exists()


def test_start_after_kill_9_ends_the_orphans_and_recovers(home: Path) -> None:
    postgres = EmbeddedPostgres(home)
    postgres.start()
    query(postgres, "INSERT INTO note VALUES ('committed')")
    # A busy backend does not notice for a long time that its postmaster died.
    busy = "SELECT count(*) FROM generate_series(1, 1e10::int8)"
    with process(postgres.bin_dir / "psql", "-Xqc", busy, postgres.dsn("postgres")):
        is_busy = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%1e10::int8)'"
        assert eventually(lambda: query(postgres, is_busy))
        pid = postgres.pid()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        assert postgres.start()
        assert postgres.pid() != pid
        assert query(postgres, "SELECT count(*) FROM note") == 2


def test_stop_ends_orphans_even_those_that_do_not_react(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "ORPHAN_SECONDS", 1.5)
    postgres = EmbeddedPostgres(home)
    postgres.start()
    pid, *others = sorted(running_below(home), key=lambda pid: pid != postgres.pid())
    for number, targets in ((signal.SIGSTOP, others), (signal.SIGKILL, [pid])):
        for target in targets:
            os.kill(target, number)
    postgres.stop()
    assert running_below(home) == []


def test_who_stands_in_the_data_dir_is_not_killed(home: Path) -> None:
    postgres = EmbeddedPostgres(home)
    with process("sleep", 60, cwd=home / "postgres") as person:
        (home / "postgres" / "postmaster.pid").write_text(f"{person.pid}\n")
        assert not postgres.is_running()
        assert postgres.start()
        postgres.stop()
        assert person.poll() is None


def test_a_stale_pid_file_with_the_pid_of_another_process_is_not_believed(home: Path) -> None:
    postgres = EmbeddedPostgres(home)
    with process("sleep", 60, **owner_of(home / "postgres")) as other:
        (home / "postgres" / "postmaster.pid").write_text(
            f"{other.pid}\n{home / 'postgres'}\n1\n5432\n{home / 'run'}\n\n1 1\nready\n"
        )
        (home / "run" / ".s.PGSQL.5432.lock").write_text(f"{other.pid}\n")
        assert not postgres.is_running()
        assert postgres.start()
        assert note(postgres) == "kept"
        postgres.stop()
        assert other.poll() is None


def test_two_homes_run_side_by_side(folder: Path, home: Path) -> None:
    subprocess.run(["cp", "-a", home, folder / "other"], check=True)
    with EmbeddedPostgres(home) as one, EmbeddedPostgres(folder / "other") as two:
        query(one, "UPDATE note SET body = 'one'")
        assert (note(one), note(two)) == ("one", "kept")
        two.stop()
        assert one.is_running()


@pytest.mark.parametrize("name", ["x" * 90, "a,b", 'it\'s "100%" $(odd) \\ & `ok`'])
def test_any_path_of_a_home_will_do(folder: Path, home: Path, name: str) -> None:
    home = home.rename(folder / name)
    with EmbeddedPostgres(home) as postgres:
        assert note(postgres) == "kept"
        assert EmbeddedPostgres(home).dsn() == postgres.dsn()
        assert mode_of(postgres.socket_dir) == 0o700
        postgres.create_database()
    if postgres.socket_dir.parent == Path("/tmp"):
        postgres.socket_dir.rmdir()


def test_a_socket_folder_that_another_user_made_is_refused(folder: Path, home: Path) -> None:
    postgres = EmbeddedPostgres(home.rename(folder / ("x" * 90)))
    postgres.socket_dir.symlink_to(folder)
    try:
        with pytest.raises(EmbeddedError, match="belongs to another user"):
            postgres.start()
    finally:
        postgres.socket_dir.unlink()


def test_a_killed_initdb_does_not_hinder_the_next_start(folder: Path) -> None:
    home = folder / "home"
    with process(*in_python(home, "postgres.start()")):
        assert eventually(lambda: list(home.glob("postgres*/base")))
    assert not (home / "postgres").exists()
    for _ in range(2):  # the first start may have to leave what an orphaned initdb still writes
        with EmbeddedPostgres(home) as postgres:
            assert query(postgres, "SELECT 1") == 1
        assert eventually(lambda: "initdb" not in commands_naming(home))
    assert not list(home.glob("postgres.new-*"))


def test_of_concurrent_starts_exactly_one_starts(folder: Path) -> None:
    home = folder / "home"
    command = in_python(home, "print(postgres.start(), postgres.pid())")
    with ThreadPoolExecutor(4) as pool:
        outputs = pool.map(lambda _: subprocess.check_output(command, text=True), range(4))
        answers = [output.split() for output in outputs]
    assert sorted(started for started, _ in answers) == ["False", "False", "False", "True"]
    assert {pid for _, pid in answers} == {str(EmbeddedPostgres(home).pid())}


def test_start_waits_for_a_server_that_does_not_answer_yet(home: Path) -> None:
    postgres = EmbeddedPostgres(home)
    postgres.start()
    pid = postgres.pid()
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    with ThreadPoolExecutor() as pool:
        starting = pool.submit(postgres.start)
        time.sleep(0.3)
        assert not starting.done()
        os.kill(pid, signal.SIGCONT)
        assert not starting.result(timeout=5)


def test_ctrl_c_ends_the_starter_and_not_the_server(home: Path) -> None:
    code = "print(postgres.start(), flush=True); time.sleep(60)"
    with process(*in_python(home, code), process_group=0) as starter:
        assert starter.stdout is not None
        assert starter.stdout.readline() == "True\n"
        os.killpg(starter.pid, signal.SIGINT)
        assert starter.wait(10) == -signal.SIGINT
    assert note(EmbeddedPostgres(home)) == "kept"


@pytest.mark.parametrize("number", [0, 5, 20])
def test_ctrl_c_during_the_start_leaves_no_server(
    home: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    postgres = EmbeddedPostgres(home)
    pauses = itertools.count()

    def press_ctrl_c() -> None:
        if next(pauses) == number:
            raise KeyboardInterrupt
        time.sleep(0.001)

    monkeypatch.setattr(postgres, "_pause", press_ctrl_c)
    with pytest.raises(KeyboardInterrupt):
        postgres.start()
    assert running_below(home) == []
    assert not eventually(lambda: running_below(home), 0.3)


def test_create_database_is_idempotent_and_safe_at_once(home: Path) -> None:
    names = ["wallet", 'odd "name" \'/?%'] * 4
    with EmbeddedPostgres(home) as postgres:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(postgres.create_database, names))
        postgres.create_database()
        for name in names[:2]:
            assert query(postgres, "SELECT current_database()", name) == name
            assert query(postgres, "SHOW server_encoding", name) == "UTF8"


def test_the_environment_does_not_redirect_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGDATA", "PGPORT", "PGHOST", "PGOPTIONS", "PGSERVICE"):
        monkeypatch.setenv(name, "7")
    with EmbeddedPostgres(home) as postgres:
        postgres.create_database()
        assert f"port={query(postgres, 'SHOW port')}" in postgres.dsn()


def test_a_cluster_of_another_major_version_is_refused(home: Path) -> None:
    (home / "postgres" / "PG_VERSION").write_text("17\n")
    with pytest.raises(EmbeddedError, match="was made by PostgreSQL 17, which 18 can't read"):
        EmbeddedPostgres(home).start()
    assert running_below(home) == []


def test_missing_binaries_are_named(folder: Path) -> None:
    with pytest.raises(EmbeddedError, match=f"binaries are missing: no {folder}/initdb"):
        EmbeddedPostgres(folder / "home", bin_dir=folder).start()


def test_a_failed_start_shows_the_log_of_this_start_and_leaves_nothing(home: Path) -> None:
    (home / "postgres.log").write_text("FATAL:  of yesterday\n")
    with pytest.raises(EmbeddedError) as error:
        EmbeddedPostgres(home, options={"work_mem": "much"}).start()
    assert error.value.cause.startswith("PostgreSQL did not start: configuration file ")
    assert 'invalid value for parameter "work_mem": "much"' in error.value.log_tail
    assert "yesterday" not in str(error.value)
    assert running_below(home) == []


def test_a_home_that_cannot_be_made_is_a_clear_error(folder: Path) -> None:
    (folder / "file").touch()
    with pytest.raises(EmbeddedError, match=f"no server can be run in {folder}/file/home: .*Not a"):
        EmbeddedPostgres(folder / "file" / "home").start()


@pytest.mark.skipif(not POSTGRES_15.is_dir(), reason="no PostgreSQL 15 is installed")
def test_other_binaries_work_too(
    folder: Path, private_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(private_folder)
    with EmbeddedPostgres(folder / "home", bin_dir=POSTGRES_15) as postgres:
        postgres.create_database()
        assert query(postgres, "SHOW server_version", "wallet").startswith("15.")
        assert query(postgres, "SHOW data_checksums") == "on"
        assert "could not change directory" not in postgres.log.read_text()


@as_root
def test_root_runs_it_where_the_server_s_user_can_enter(private_folder: Path) -> None:
    home = private_folder / "home"
    with EmbeddedPostgres(home) as postgres:
        query(postgres, "CREATE TABLE note AS SELECT 'kept'::text AS body")
        assert postgres.data_dir.is_relative_to(embedded.SYSTEM_HOME)
        assert mode_of(postgres.data_dir) == 0o700
        assert (home / "postgres").readlink() == postgres.data_dir
    assert mode_of(private_folder) == 0o700
    with EmbeddedPostgres(home) as postgres:
        assert note(postgres) == "kept"


@as_root
def test_a_deleted_home_starts_empty_and_its_cluster_is_kept(private_folder: Path) -> None:
    home = private_folder / "home"
    first = EmbeddedPostgres(home)
    first.start()
    query(first, "CREATE TABLE note AS SELECT 'kept'::text AS body")
    shutil.rmtree(home)
    with EmbeddedPostgres(home) as postgres:
        assert query(postgres, "SELECT to_regclass('note')") is None
        (removed,) = embedded.SYSTEM_HOME.glob("*.removed-*")
        assert running_below(removed) == []
        assert (removed / "postgres" / "PG_VERSION").exists()


@as_root
def test_root_copies_binaries_that_the_server_s_user_cannot_reach(
    home: Path, private_folder: Path
) -> None:
    bundled = EmbeddedPostgres(home).bin_dir
    package = bundled.parents[1]
    install = private_folder / package.name / bundled.parent.name
    shutil.copytree(bundled.parent, install, symlinks=True)
    libraries = f"{package.name}.libs"
    shutil.copytree(package.parent / libraries, private_folder / libraries)
    for _ in range(2):
        with EmbeddedPostgres(home, bin_dir=install / "bin") as postgres:
            assert note(postgres) == "kept"
            exe = Path(f"/proc/{postgres.pid()}/exe").readlink()
            assert exe.is_relative_to(embedded.SYSTEM_HOME)
            postgres.create_database()
    assert len(list(embedded.SYSTEM_HOME.iterdir())) == 1


@as_root
def test_root_drops_all_its_groups(home: Path) -> None:
    subprocess.run(in_python(home, "postgres.start()"), extra_groups=[0, 4], check=True)
    status = Path(f"/proc/{EmbeddedPostgres(home).pid()}/status").read_text()
    assert "Groups:\t \n" in status


@as_root
@pytest.mark.skipif(not shutil.which("setpriv"), reason="setpriv is not installed")
def test_root_of_a_container_may_not_trace_and_sees_its_server(home: Path) -> None:
    code = (
        "print(postgres.start(), postgres.start()); postgres.stop(); print(postgres.is_running())"
    )
    setpriv = ["setpriv", "--bounding-set=-sys_ptrace"]
    answers = subprocess.check_output([*setpriv, *in_python(home, code)], text=True)
    assert answers.split() == ["True", "False", "False"]
    assert running_below(home) == []


@pytest.mark.skipif(not shutil.which("lsof"), reason="lsof is not installed")
def test_a_system_without_proc_is_asked_by_lsof(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "PROC", Path("/nowhere"))
    postgres = EmbeddedPostgres(home)
    assert postgres.start()
    assert not postgres.start()
    postgres.stop()
    assert not postgres.is_running()
    assert running_below(home) == []
