"""pgwallet cluster: one wallet over many databases."""

import sys
from contextlib import ExitStack, nullcontext
from dataclasses import asdict
from pathlib import Path

import click

from gateway.settings import Settings
from pgwallet.cli.secret import with_secret
from pgwallet.cli.shared import WRONG, json_option, print_json, print_rows, run
from pgwallet.cli.up import serve_demo
from pgwallet.cluster import databases, moves
from pgwallet.cluster import verify as comparison
from pgwallet.cluster.config import Cluster, Proxy, Server, read_cluster
from pgwallet.embedded import EmbeddedPostgres

file_argument = click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))


@click.group()
def cluster() -> None:
    """One wallet over many PostgreSQL servers.

    FILE names the servers, the proxies and the number of partitions.

    \b
    Examples:
      pgwallet cluster init cluster.toml
      pgwallet cluster status cluster.toml
    """


@cluster.command()
@file_argument
def init(file: Path) -> None:
    """Make the partitions and the proxies that FILE names, or what is missing of them.

    Each partition is a database of its own, migrated. Each proxy gets the same functions, which
    hand every call to the right partition. It needs a superuser and, for the proxies, PL/Proxy.

    \b
    Examples:
      pgwallet cluster init cluster.toml
    """
    for line in run(databases.init(read_cluster(file))) or ["nothing to do"]:
        click.echo(line)


@cluster.command()
@file_argument
def migrate(file: Path) -> None:
    """Bring all partitions, and then the proxies, to this release.

    \b
    Examples:
      pgwallet cluster migrate cluster.toml
    """
    for line in run(databases.migrate_all(read_cluster(file))) or ["nothing to do"]:
        click.echo(line)


@cluster.command()
@file_argument
@json_option
def status(file: Path, is_json: bool) -> None:
    """Show each partition; ends with 1 if one is away or behind.

    The lag is how many bytes of the log the last of its server's standbys lacks.

    \b
    Examples:
      pgwallet cluster status cluster.toml
      pgwallet cluster status cluster.toml --json
    """
    states = run(databases.status(read_cluster(file)))
    rows = [state.row for state in states]
    if is_json:
        for row in rows:
            print_json(row)
    else:
        print_rows(rows, tuple(rows[0]), numbers=4)
    is_behind = len({(state.schema_version, state.catalogue) for state in states}) > 1
    sys.exit(WRONG if is_behind or any(state.error for state in states) else 0)


@cluster.command()
@file_argument
@json_option
def verify(file: Path, is_json: bool) -> None:
    """Check the books of all partitions, the names and the catalogue; ends with 1 if one is wrong.

    \b
    Examples:
      pgwallet cluster verify cluster.toml
    """
    findings = run(comparison.verify(read_cluster(file)))
    for finding in findings:
        if is_json:
            print_json(asdict(finding))
        else:
            click.echo(finding)
    if findings:
        sys.exit(WRONG)
    if not is_json:
        click.echo("the books, the names and the catalogue are right")


@cluster.command()
@file_argument
@click.option("--back", is_flag=True, help="Give up a move that is not finished.")
@click.option("--drop", is_flag=True, help="Drop what finished moves have left, closed.")
def move(file: Path, back: bool, drop: bool) -> None:
    """Move partitions to the servers where FILE has them now, while the wallet is in use.

    Write the partitions to their new server in FILE first. Each is copied while its old place
    serves. Then it moves in seconds, in which its users are told to come back (503). If it is
    killed, run it again.

    \b
    Examples:
      pgwallet cluster move cluster.toml
      pgwallet cluster move cluster.toml --back
    """
    cluster = read_cluster(file)
    if back:
        run(moves.go_back(cluster, click.echo))
    elif drop:
        run(moves.drop_leftovers(cluster, click.echo))
    elif not run(moves.move(cluster, click.echo)):
        sys.exit(WRONG)


@cluster.command()
@click.option(
    "--postgres",
    required=True,
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="The folder of programs of a PostgreSQL that has PL/Proxy.",
)
def up(postgres: Path) -> None:
    """Run a cluster with demo data on this machine, starting from nothing.

    Two servers have eight partitions each, the first one has the proxy too. The gateway is in front
    of the proxy. The data stays for the next time. Ctrl-C stops all of it.

    \b
    Examples:
      pgwallet cluster up --postgres /usr/lib/postgresql/15/bin
    """
    settings = with_secret(Settings.from_env(), make=True)
    home = settings.home / "cluster"
    with ExitStack() as stack:
        servers = [
            EmbeddedPostgres(home / name, bin_dir=postgres, options={"max_connections": "500"})
            for name in ("a", "b")
        ]
        for server in servers:
            if server.start():
                stack.callback(server.stop)
        demo = Cluster(
            server=tuple(Server(server.dsn("postgres")) for server in servers),
            proxy=(Proxy(servers[0].dsn()),),
        )
        for line in run(databases.init(demo)):
            click.echo(line)
        serve_demo(settings, demo.proxy[0].url, nullcontext())
