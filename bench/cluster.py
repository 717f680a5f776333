"""The server that is measured, databases on it from templates, and the check of their books."""

import asyncio
import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil

from bench.processes import cpu_seconds
from pgwallet.embedded import EmbeddedPostgres
from pgwallet.migrate import migrate

HERE = Path(__file__).parent
SQL = HERE / "sql"

# Durable, and with a quarter of the memory, as in earnest. No checkpoint and no full disk page may
# hit one run and not the next.
OPTIONS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": f"{psutil.virtual_memory().total // 4 // 2**20}MB",
    "max_wal_size": "16GB",
    "min_wal_size": "4GB",
    "checkpoint_timeout": "1h",
    "wal_compression": "on",
    "wal_buffers": "16MB",
    "max_connections": "300",
}
WAL_FILE_MB = 16  # PostgreSQL's default
VERIFIED_WHOLE = 1_500_000  # transfers; of more, samples are verified
PLAIN = {name: value for name, value in os.environ.items() if not name.startswith("PG")}


class BenchError(RuntimeError):
    """A benchmark did not do what its figures would claim."""


@dataclass(frozen=True)
class Database:
    """A copy of a template, for one section."""

    server: EmbeddedPostgres
    name: str
    users: int

    @property
    def dsn(self) -> str:
        return self.server.dsn(self.name)

    def psql(self, sql: str, *files: Path, **variables: object) -> str:
        """Run statements, then files; the rows come back a line each, the columns parted by |."""
        command = [
            str(self.server.bin_dir / "psql"),
            "-XqAt",
            "-v",
            "ON_ERROR_STOP=1",
            "-d",
            self.dsn,
        ]
        for name, value in variables.items():
            command += ["-v", f"{name}={value}"]
        command += ["-f", "-", *(f"--file={file}" for file in files)]
        done = subprocess.run(
            command, input=sql, env=PLAIN, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise BenchError(done.stderr.strip())
        return done.stdout.strip()

    def number(self, sql: str) -> int:
        return int(self.psql(sql))

    def asset_id(self, code: str) -> int:
        return self.number(f"SELECT asset_id FROM wallet_private.asset WHERE code = '{code}'")

    def add_users(self, partition: int = 0, partitions: int = 1) -> None:
        """Those of the users who live in this partition, with SILVER."""
        place = {"partition": partition, "partitions": partitions}
        self.psql("", SQL / "users.sql", users=self.users, **place)
        self.fund("SILVER")

    def fund(self, asset: str) -> None:
        """A wallet in an asset for every user, with 10^9 in it."""
        refused = self.psql("", SQL / "fund.sql", asset=asset)
        if refused != "0":
            raise BenchError(f"{refused} wallets could not be funded")

    def settle(self) -> None:
        """Nothing of what was done so far is left to do during the runs."""
        self.psql("VACUUM (ANALYZE);\nCHECKPOINT;")

    def transfers(self) -> int:
        return self.number("SELECT count(*) FROM wallet_private.transfer")

    def verify(self) -> None:
        """Raise unless the books are right; of large ones, thousands of users and the totals."""
        if self.transfers() <= VERIFIED_WHOLE:
            found = self.psql("SELECT * FROM wallet.verify()")
        else:
            found = self.psql(
                "SELECT f.*\n"
                "FROM (\n"
                "    SELECT gen_random_uuid() AS p_from FROM generate_series(1, 10)\n"
                "    UNION ALL SELECT 'ffffffff-ffff-ffff-ffff-ffffffffffff'\n"
                ") AS p, wallet.verify_page(p.p_from, 1000) AS v, unnest(v.findings) AS f;\n"
            )
        if found:
            raise BenchError(f"the books of {self.name} are wrong:\n{found[:2000]}")

    def verify_seeds(self) -> None:
        """The same for the seeds' tables: both sums are zero, and no balance is lost."""
        found = self.psql("""
            SELECT a.account_id, a.balance, e.balance FROM (
                SELECT account_id, 1000000000 + sum(
                    CASE entry_type WHEN 'DEBIT' THEN -amount ELSE amount END
                ) AS balance FROM seeds.ledger_entry GROUP BY account_id
            ) AS e INNER JOIN seeds.account AS a USING (account_id)
            WHERE NOT a.is_treasury AND a.balance <> e.balance
            UNION ALL SELECT NULL, sum(balance), 0 FROM seeds.account HAVING sum(balance) <> 0""")
        if found:
            raise BenchError(f"the books of {self.name} are wrong:\n{found[:2000]}")


class Cluster:
    """A server in a folder of its own, which goes when it ends."""

    def __init__(
        self, folder: Path, users: int, pgledger: Path | None, *, bin_dir: Path | None = None
    ) -> None:
        self.users, self.pgledger = users, pgledger
        self.folder, self._bin_dir = folder, bin_dir
        self._numbers = itertools.count(1)
        self._templates: dict[str, Database] = {}

    def __enter__(self) -> Self:
        self._start(OPTIONS, WAL_FILE_MB)
        # A server that has run for a while has its WAL's files, and writes them again.
        switch = "SELECT pg_logical_emit_message(true, 'bench', '');\nSELECT pg_switch_wal();\n"
        self._postgres.psql(240 * switch + "CHECKPOINT;")
        return self

    def _start(self, options: Mapping[str, str], wal_file_mb: int) -> None:
        self.home = Path(tempfile.mkdtemp(prefix=".pgwallet-bench-", dir=self.folder))
        self.home.chmod(0o755)
        self.server = EmbeddedPostgres(
            self.home, bin_dir=self._bin_dir, options=options, wal_file_mb=wal_file_mb
        )
        self.server.start()

    def __exit__(self, *exc_info: object) -> None:
        self.server.stop("immediate")
        shutil.rmtree(self.server.data_dir, ignore_errors=True)
        shutil.rmtree(self.home, ignore_errors=True)

    @contextmanager
    def database(self, kind: str = "wallet") -> Iterator[Database]:
        """A fresh database: `wallet` (the users have 10^9 SILVER each), `seeds` or `pgledger`."""
        if kind not in self._templates:
            template = self._database(kind, "template0")
            getattr(self, f"_fill_{kind}")(template)
            template.settle()
            self._templates[kind] = template
        database = self._database(f"{kind}_{next(self._numbers)}", self._templates[kind].name)
        database.settle()
        yield database
        self._postgres.psql(f"DROP DATABASE {database.name} WITH (FORCE)")

    def lsn(self) -> int:
        """Bytes of WAL so far."""
        return self._postgres.number("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn")

    def cpu_seconds(self) -> float:
        """That the server has worked."""
        return cpu_seconds(self.server.pid() or 0)

    def checkpoint(self) -> None:
        self._postgres.psql("CHECKPOINT")

    def disk_mb(self) -> float:
        """That all databases and the WAL take."""
        databases = self._postgres.number("SELECT sum(pg_database_size(oid)) FROM pg_database")
        return (databases + self._postgres.number("SELECT sum(size) FROM pg_ls_waldir()")) / 2**20

    @contextmanager
    def without_autovacuum(self) -> Iterator[None]:
        """So that what is written is of the movements alone."""
        self._postgres.psql("ALTER SYSTEM SET autovacuum = off;\nSELECT pg_reload_conf();")
        yield
        self._postgres.psql("ALTER SYSTEM RESET autovacuum;\nSELECT pg_reload_conf();")

    def setting(self, name: str) -> str:
        return self._postgres.psql(f"SHOW {name}")

    @property
    def _postgres(self) -> Database:
        return self.named("postgres")

    def named(self, name: str) -> Database:
        return Database(self.server, name, self.users)

    def _database(self, name: str, template: str) -> Database:
        self._postgres.psql(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return self.named(name)

    def _fill_wallet(self, database: Database) -> None:
        asyncio.run(migrate(database.dsn))
        database.psql(
            "SELECT wallet.create_asset('SILVER', 'Silver');\n"
            "SELECT wallet.create_asset('GOLD', 'Gold', p_supply => 1000000000000000);"
        )
        database.psql("", SQL / "functions.sql")
        database.add_users()

    def _fill_seeds(self, database: Database) -> None:
        database.psql("", SQL / "seeds.sql", users=self.users)

    def _fill_pgledger(self, database: Database) -> None:
        assert self.pgledger is not None
        ulid = self.pgledger.parent / "vendor" / "scoville-pgsql-ulid" / "uuid-to-ulid.sql"
        if not ulid.exists():
            raise BenchError(f"pgledger.sql needs the function uuid_to_ulid of {ulid}")
        database.psql("", ulid, self.pgledger, SQL / "pgledger.sql", users=self.users)


class ColdCluster(Cluster):
    """One that has just been made: no file of its WAL is there before it is needed."""

    def __init__(
        self,
        folder: Path,
        users: int,
        options: Mapping[str, str],
        wal_file_mb: int,
        *,
        bin_dir: Path | None = None,
    ) -> None:
        super().__init__(folder, users, None, bin_dir=bin_dir)
        self._options, self._wal_file_mb = options, wal_file_mb

    def __enter__(self) -> Self:
        self._start(self._options, self._wal_file_mb)
        return self

    @contextmanager
    def database(self, kind: str = "wallet") -> Iterator[Database]:
        """The one that `pgwallet up` would make, with users; there has been no checkpoint."""
        self.server.create_database(kind)
        database = self.named(kind)
        self._fill_wallet(database)
        yield database

    def wal_files(self) -> tuple[int, float]:
        """How many were made, and the milliseconds that it took in all."""
        count, ms = self._postgres.psql(
            "SELECT sum(fsyncs), sum(write_time + fsync_time) FROM pg_stat_io\n"
            "WHERE object = 'wal' AND context = 'init'"
        ).split("|")
        return int(count), float(ms)
