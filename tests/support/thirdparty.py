"""Third-party tools of the tests, fetched once into a cache and never committed.

Each is pinned: to a version, and its SQL to a checksum. What apt brings besides is signed. Nothing
here needs root, and nothing is installed: packages are only unpacked.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from tests.support.paths import CACHE

PGTAP_BY_NPM = "92ee8ada9672e6201105a78614be8d07b8a76e5c17c85b42c279f6e48c84da68"  # 1.3.5
PGTAP_BY_APT = "203cc5839a143c567bd36ebfc93085fd124be46d0f990b5dba5399a51d6c75e9"  # 1.2.0
PLPGSQL_CHECK = "6805e9ae2a745ea72e9b2d844445778ac2f6639a4111465ff99b231e46e4ba28"  # 2.3.0
CDNOW = "eff6889ed364c5199d6eacbbeb7a6d559971df4406ac876f322c373f00a072ef"  # lifetimes 0.11.3

PROGRAMS = "usr/lib/postgresql/15/bin"

# What a Debian without PostgreSQL may lack of the libraries that its server needs.
POSTGRES_15_LIBRARIES = (
    "libicu72",
    "libldap-2.5-0",
    "liblz4-1",
    "libpq5",
    "libsasl2-2",
    "libxml2",
    "libzstd1",
)


class Unavailable(Exception):
    """Cannot be had on this machine; the message says why."""


def pgtap() -> Path:
    """The SQL script of pgTAP."""
    return _first_of(
        CACHE / "pgtap",
        {
            "pgtap--1.3.5.sql": (PGTAP_BY_NPM, _pgtap_by_npm),
            "pgtap--1.2.0.sql": (PGTAP_BY_APT, _pgtap_by_apt),
        },
    )


def plpgsql_check() -> tuple[Path, Path]:
    """The SQL script and the library of plpgsql_check for PostgreSQL 15."""
    script = _first_of(
        CACHE / "plpgsql_check",
        {"plpgsql_check--2.3.sql": (PLPGSQL_CHECK, _plpgsql_check_by_apt)},
    )
    return script, script.with_name("plpgsql_check.so")


def cdnow() -> Path:
    """The 69,659 purchases of CDNOW's customers in 1997 and 1998."""
    name = "CDNOW_master.txt"
    return _first_of(CACHE / "cdnow", {name: (CDNOW, _cdnow_by_pip)})


def newman() -> Path:
    """The program that runs Postman collections."""
    return _by_npm("newman-6.2.2", "newman@6.2.2") / "newman" / "bin" / "newman.js"


def event_tools() -> Path:
    """The folder node_modules: who listens to server-sent events, and who verifies webhooks."""
    return _by_npm("event-tools-1", "eventsource@4.1.0", "standardwebhooks@1.1.1")


def axe() -> Path:
    """The script that looks for what keeps people out of a page."""
    return _by_npm("axe-core-4.14.1", "axe-core@4.14.1") / "axe-core" / "axe.min.js"


def openapi_tools() -> Path:
    """The folder node_modules: what checks an OpenAPI document, and what makes a client of it."""
    return _by_npm(
        "openapi-tools-1",  # another number for other versions
        "@redocly/cli@2.77.0",
        "@types/node@20.19.43",
        "openapi-fetch@0.17.0",
        "openapi-typescript@7.13.0",
        "typescript@5.9.3",
    )


def postgres_15() -> Path:
    """The folder of PostgreSQL 15's programs: installed, or else unpacked into the cache."""
    if given := os.environ.get("PGWALLET_TEST_POSTGRES_15_BIN"):
        return Path(given)
    installed = Path("/usr/lib/postgresql/15/bin")
    if (installed / "initdb").exists():
        return installed
    return unpacked_postgres_15()


def plproxy() -> Path:
    """The folder of PostgreSQL 15's programs, with PL/Proxy: installed, or else unpacked."""
    if Path("/usr/share/postgresql/15/extension/plproxy.control").exists():
        return postgres_15()
    return unpacked_postgres_15("postgresql-15-plproxy")


def unpacked_postgres_15(*extensions: str) -> Path:
    """PostgreSQL 15 from its Debian package, with the libraries that this machine lacks."""
    target = CACHE / "+".join(("postgresql-15", *extensions))
    if not target.exists():
        with _scratch() as scratch:
            tree = scratch / "tree"
            _apt_unpack(tree, "postgresql-15", "postgresql-client-15", *extensions)
            if _missing_libraries(tree):
                _apt_unpack(tree, *POSTGRES_15_LIBRARIES)
            if missing := _missing_libraries(tree):
                raise Unavailable(f"PostgreSQL 15 was fetched but lacks {', '.join(missing)}")
            _add_wrappers(tree, target, PROGRAMS)
            with suppress(OSError):  # Another process was first, with the same.
                tree.rename(target)
    return target / "bin"


def prometheus() -> Path:
    """The folder of prometheus and promtool: installed, or else unpacked into the cache."""
    if installed := shutil.which("promtool"):
        return Path(installed).parent
    target = CACHE / "prometheus"
    if not target.exists():
        with _scratch() as scratch:
            _apt_unpack(scratch / "tree", "prometheus")
            with suppress(OSError):  # Another process was first, with the same.
                (scratch / "tree/usr/bin").rename(target)
    return target


def pgbouncer() -> Path:
    """The program: given, installed, or else unpacked into the cache."""
    if found := os.environ.get("PGWALLET_TEST_PGBOUNCER") or shutil.which("pgbouncer"):
        return Path(found)
    target = CACHE / "pgbouncer"
    if not target.exists():
        with _scratch() as scratch:
            _apt_unpack(scratch / "tree", "pgbouncer", "libevent-2.1-7", "libc-ares2")
            _add_wrappers(scratch / "tree", target, "usr/sbin")
            with suppress(OSError):  # Another process was first, with the same.
                (scratch / "tree").rename(target)
    return target / "bin" / "pgbouncer"


def haproxy() -> Path:
    """The program: installed, or else unpacked into the cache."""
    if found := shutil.which("haproxy"):
        return Path(found)
    target = CACHE / "haproxy"
    if not target.exists():
        with _scratch() as scratch:
            _apt_unpack(scratch / "tree", "haproxy", "liblua5.3-0", "libopentracing-c-wrapper0")
            _add_wrappers(scratch / "tree", target, "usr/sbin")
            with suppress(OSError):  # Another process was first, with the same.
                (scratch / "tree").rename(target)
    return target / "bin" / "haproxy"


def debian() -> Path:
    """The files of a Debian with Python 3.11 and pip, as a tar archive."""
    target = CACHE / "debian-bookworm.tar"
    if not target.exists():
        packages = "--include=ca-certificates,python3-pip,python3-venv"
        unwanted = ("--exclude=./var/cache/apt/*", "--exclude=./var/lib/apt/lists/*")
        with _scratch() as scratch, tempfile.TemporaryDirectory(dir=roomy_memory()) as folder:
            _run(Path(folder), "debootstrap", "--variant=minbase", packages, "bookworm", "tree")
            made = scratch / target.name
            _run(Path(folder), "tar", "-C", "tree", *unwanted, "-cf", str(made), ".")
            made.replace(target)
    return target


def roomy_memory() -> Path | None:
    """A folder in memory for what writes gigabytes that nobody keeps, if there is enough of it."""
    memory = Path("/dev/shm")
    is_roomy = (
        memory.is_dir()
        and min(shutil.disk_usage(memory).free, psutil.virtual_memory().available) > 8e9
    )
    return memory if is_roomy else None


def _first_of(folder: Path, sources: dict[str, tuple[str, Callable[[Path], None]]]) -> Path:
    """The first file that can be had; a source fills a folder with files, among them this one."""
    for name, (checksum, _) in sources.items():
        if (folder / name).exists():
            _verify(folder / name, checksum)
            return folder / name
    failures = []
    for name, (checksum, fetch) in sources.items():
        with _scratch() as scratch:
            try:
                fetch(scratch)
                _verify(scratch / name, checksum)
            except Unavailable as failure:
                failures.append(str(failure))
                continue
            folder.mkdir(parents=True, exist_ok=True)
            for file in scratch.iterdir():
                file.replace(folder / file.name)
            return folder / name
    raise Unavailable(f"{folder.name} can't be had: {'; '.join(failures)}")


def _verify(file: Path, checksum: str) -> None:
    if not file.exists():
        raise Unavailable(f"{file.name} was not in what was fetched")
    found = hashlib.sha256(file.read_bytes()).hexdigest()
    if found != checksum:
        raise Unavailable(f"{file} has sha256 {found} instead of {checksum}: remove it or see why")


def _by_npm(name: str, *packages: str) -> Path:
    """The folder node_modules with these, which refuse a node that is too old for them."""
    target = CACHE / name
    if not target.exists():
        with _scratch() as scratch:
            options = (
                "--engine-strict",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--no-update-notifier",
            )
            tree = scratch / "tree"
            tree.mkdir()
            _run(tree, "npm", "install", "--silent", "--prefix=.", *options, *packages)
            with suppress(OSError):  # Another process was first, with the same.
                tree.rename(target)
    return target / "node_modules"


def _cdnow_by_pip(scratch: Path) -> None:
    _run(
        scratch, sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
        "--only-binary=:all:", "lifetimes==0.11.3",
    )  # fmt: skip
    archive = scratch / "Lifetimes-0.11.3-py3-none-any.whl"
    with zipfile.ZipFile(archive) as wheel:
        text = wheel.read("lifetimes/datasets/CDNOW_master.txt")
    (scratch / "CDNOW_master.txt").write_bytes(text)
    archive.unlink()


def _pgtap_by_npm(scratch: Path) -> None:
    package_name = "@electric-sql/pglite-pgtap@0.0.15"
    _run(scratch, "npm", "pack", "--silent", "--ignore-scripts", package_name)
    archive = scratch / "electric-sql-pglite-pgtap-0.0.15.tgz"
    with tarfile.open(archive) as package:
        package.extract("package/dist/pgtap.tar.gz", scratch, filter="data")
    with tarfile.open(scratch / "package/dist/pgtap.tar.gz") as files:
        files.extract("share/postgresql/extension/pgtap--1.3.5.sql", scratch, filter="data")
    (scratch / "share/postgresql/extension/pgtap--1.3.5.sql").rename(scratch / "pgtap--1.3.5.sql")
    _discard(scratch / "package", scratch / "share", archive)


def _pgtap_by_apt(scratch: Path) -> None:
    _apt_unpack(scratch / "tree", "postgresql-15-pgtap=1.2.0-3")
    (scratch / "tree/usr/share/postgresql/15/extension/pgtap--1.2.0.sql").rename(
        scratch / "pgtap--1.2.0.sql"
    )
    _discard(scratch / "tree")


def _plpgsql_check_by_apt(scratch: Path) -> None:
    _apt_unpack(scratch / "tree", "postgresql-15-plpgsql-check=2.3.0-1")
    for file in (
        "usr/share/postgresql/15/extension/plpgsql_check--2.3.sql",
        "usr/lib/postgresql/15/lib/plpgsql_check.so",
    ):
        (scratch / "tree" / file).rename(scratch / Path(file).name)
    _discard(scratch / "tree")


def _apt_unpack(tree: Path, *packages: str) -> None:
    folder = tree.parent / "packages"
    folder.mkdir(exist_ok=True)
    try:
        _run(folder, "apt-get", "download", *packages)
    except Unavailable:
        # Not in the machine's lists, or there are none: read lists of our own.
        lists = CACHE / "apt"
        for part in ("lists/partial", "cache/archives/partial"):
            (lists / part).mkdir(parents=True, exist_ok=True)
        own = (f"-oDir::State::lists={lists}/lists", f"-oDir::Cache={lists}/cache")
        _run(folder, "apt-get", *own, "update")
        _run(folder, "apt-get", *own, "download", *packages)
    for package in folder.glob("*.deb"):
        _run(folder, "dpkg-deb", "-x", str(package), str(tree))
    _discard(folder)


def _missing_libraries(tree: Path) -> list[str]:
    programs = ("./postgres", "./initdb", "./pg_ctl")
    output = _run(tree / PROGRAMS, "ldd", *programs, LD_LIBRARY_PATH=_libraries(tree))
    return sorted({line.split()[0] for line in output.splitlines() if "not found" in line})


def _add_wrappers(tree: Path, target: Path, programs: str) -> None:
    """Let each program find the libraries beside it; PostgreSQL finds its own files by itself."""
    (tree / "bin").mkdir()
    for program in (tree / programs).iterdir():
        wrapper = tree / "bin" / program.name
        wrapper.write_text(
            "#!/bin/sh\n"
            f"export LD_LIBRARY_PATH='{_libraries(target)}'\n"
            f"exec '{target / programs / program.name}' \"$@\"\n"
        )
        wrapper.chmod(0o755)


def _libraries(tree: Path) -> str:
    architecture = f"{os.uname().machine}-linux-gnu"
    return f"{tree}/usr/lib/{architecture}:{tree}/lib/{architecture}"


def _run(folder: Path, *command: str, **environment: str) -> str:
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=os.environ | {"LC_ALL": "C"} | environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=True,
        )
    except FileNotFoundError:
        raise Unavailable(f"{command[0]} is not installed") from None
    except subprocess.TimeoutExpired:
        raise Unavailable(f"{' '.join(command)}: no answer in 300 s") from None
    except subprocess.CalledProcessError as failure:
        said = (failure.stderr or failure.stdout).strip().splitlines()
        raise Unavailable(f"{' '.join(command)}: {said[-1] if said else 'failed'}") from None
    return done.stdout


@contextmanager
def _scratch() -> Iterator[Path]:
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="fetch-") as folder:
        yield Path(folder)


def _discard(*paths: Path) -> None:
    for path in paths:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


if __name__ == "__main__":  # fetch one and say where it is, or fetch all of them
    if sys.argv[1:] == ["plproxy"]:
        print(plproxy())
    else:
        pgtap()
        plpgsql_check()
        postgres_15()
        plproxy()
        prometheus()
        pgbouncer()
        haproxy()
