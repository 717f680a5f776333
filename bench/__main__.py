"""python -m bench: measure, and print one table."""

import resource
import signal
import sys
import time
from pathlib import Path

import click

from bench import table, tigerbeetle
from bench.batches import batches
from bench.cluster import BenchError, Cluster
from bench.cold import cold
from bench.far import far
from bench.feed import feed
from bench.figures import figures
from bench.growth import growth
from bench.http import http
from bench.lots import lots
from bench.movements import hot, spread, storage
from bench.overload import overload
from bench.partitions import partitions
from bench.peers import Peer, promises
from bench.sections import Bench, Run

BENCHES: dict[str, Bench] = {
    "spread": spread,
    "hot": hot,
    "batch": batches,
    "lots": lots,
    "http": http,
    "overload": overload,
    "far": far,
    "feed": feed,
    "cluster": partitions,
    "storage": storage,
    "growth": growth,
    "figures": figures,
    "cold": cold,
}


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--only", multiple=True, type=click.Choice(list(BENCHES)), help="Run these; may be repeated."
)
@click.option("--seconds", default=5.0, show_default=True, help="Of each run.")
@click.option("--rounds", default=5, show_default=True, help="Of each thing that is compared.")
@click.option("--workers", default=2, show_default=True, help="Processes of each gateway.")
@click.option("--growth", default=1_000_000, show_default=True, help="Transfers of a long history.")
@click.option("--users", default=100_000, show_default=True, help="A power of ten from 10000.")
@click.option(
    "--pgledger",
    envvar="PGLEDGER_SQL",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="pgledger.sql in a checkout of github.com/pgr0ss/pgledger.",
)
@click.option(
    "--tigerbeetle",
    "beetle",
    type=click.Path(path_type=Path, exists=True, dir_okay=False, resolve_path=True),
    help="A server of TigerBeetle.",
)
@click.option("--peer-http", metavar="URL", help="http://HOST:PORT of anything that spends.")
@click.option(
    "--peer-request",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The request that spends there; see spend.http beside this.",
)
@click.option(
    "--folder",
    default=".",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="On the disk to measure; the server gets a folder in it, for the time being.",
)
@click.option("--quick", is_flag=True, help="A minute that shows that all of it works.")
def main(
    only: tuple[str, ...], seconds: float, rounds: int, workers: int, growth: int, users: int,
    pgledger: Path | None, beetle: Path | None, peer_http: str | None, peer_request: Path | None,
    folder: Path, quick: bool,
) -> None:  # fmt: skip
    """Measure pgwallet against what could not be faster and against other ways of doing it."""
    if users < 10_000 or str(users).rstrip("0") != "1":
        raise click.BadParameter("not a power of ten from 10000", param_hint="--users")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that `finally` still runs
    _, files = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    if quick:
        seconds, rounds, growth, users = 0.5, 1, 40_000, 10_000
    began = time.monotonic()

    def say(text: str) -> None:
        click.echo(f"{time.monotonic() - began:6.0f} s  {text}", err=True)

    try:
        peer = None
        if peer_http and peer_request:
            peer = Peer.parse(peer_http, peer_request)
            peer.check()
        elif peer_http or peer_request:
            raise click.UsageError("--peer-http and --peer-request go together")
        others = [tigerbeetle.versions(beetle)] if beetle else []
        with Cluster(folder.resolve(), users, pgledger) as cluster:
            run = Run(
                cluster=cluster,
                seconds=seconds,
                rounds=rounds,
                warm_up=0 if quick else 1,
                workers=workers,
                connections=(8, 64) if quick else (1, 8, 64, 256),
                growth=growth,
                stored=min(users, 2_000) if quick else users,
                say=say,
                tigerbeetle=beetle,
                peer=peer,
            )
            click.echo(table.head(cluster, others))
            for name in only or BENCHES:
                section = BENCHES[name](run)
                click.echo(table.section(section.title, section.rows))
    except BenchError as error:
        raise click.ClickException(str(error)) from error
    given = {"pgledger": pgledger, "TigerBeetle": beetle, "peer-http": peer}
    left_out = [name for name, value in given.items() if value is None]
    click.echo("\n" + table.promises(promises(left_out, peer)))
    for name in left_out:
        click.echo(f"\n{name} was left out: see --{name.lower()}")
    click.echo(f"\n{rounds} rounds of {seconds:g} s; {time.monotonic() - began:.0f} s in all")


if __name__ == "__main__":
    main()
