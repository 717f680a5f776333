"""Four times what the gateway can do, from clients who don't wait: what becomes of those it serves,
how the rest are told, and how soon it is itself again."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from functools import partial

from bench import load
from bench.gateways import Gateway, Gateways, loader
from bench.load import Answer, latency_ms
from bench.measure import Sample, Variant, percentile
from bench.sections import Run, Section
from gateway.settings import Settings

FACTOR = 4
SHORT = "32"  # a queue for those who would rather turn away than be slow
CAPACITY_CONNECTIONS = 256
SPARE_CONNECTIONS = 1000  # beyond those that the gateway lets wait
WINDOW = 0.1  # seconds
WINDOWS = 5  # good ones in a row are a recovery


def overload(run: Run) -> Section:
    with ExitStack() as stack:
        pool = stack.enter_context(loader())
        wallet = stack.enter_context(run.cluster.database())
        gateways = Gateways(run.cluster, stack, run.workers)
        short = {f"pgwallet, queue {SHORT}": gateways.pgwallet(wallet, database_queue=SHORT)}
        variants = [
            Variant(name, partial(_overload, run, pool, gateway, name))
            for name, gateway in (gateways.groupings(wallet) | short).items()
        ]
        rows = run.interleave(variants, warm_up=False)
        wallet.verify()
    return Section(f"overload: spread spends, {run.workers} processes, at random moments", rows)


def _overload(
    run: Run, pool: ProcessPoolExecutor, gateway: Gateway, name: str, seconds: float
) -> dict[str, Sample]:
    target = gateway.target(run.cluster.users)
    busy = pool.submit(load.closed, target, CAPACITY_CONNECTIONS, seconds).result()
    capacity = len(busy.good) / busy.seconds

    settings = Settings()
    served = settings.database_pool + settings.database_queue
    connections = run.workers * served + SPARE_CONNECTIONS
    rest = max(2, 2 * seconds)
    phases = [(capacity / 2, seconds), (FACTOR * capacity, seconds), (capacity / 2, rest)]
    found = pool.submit(load.opened, target, connections, phases).result()

    calm = [answer for answer in found.answers if answer.due < seconds]
    storm = [answer for answer in found.answers if seconds <= answer.due < 2 * seconds]
    after = [answer for answer in found.answers if answer.due >= 2 * seconds]
    shed = [answer for answer in storm if answer.status == 503]
    unsent = sum(seconds <= due < 2 * seconds for due in found.unsent)
    usual = percentile(sorted(answer.seconds for answer in calm), 0.99) or 0
    fate = {
        "asked": (len(storm) + unsent) / seconds,
        "503": len(shed) / seconds,
        "not sent": unsent / seconds,
        "other errors": sum(not answer.is_good for answer in storm) - len(shed),
        "client cpu %": 100 * found.cpu,
    }
    if shed:
        told = sum(answer.may_retry for answer in shed)
        fate["of these with Retry-After %"] = 100 * told / len(shed)
    recovered = {"recovered in s": _recovery(after, 2 * seconds, rest, usual)}
    return {
        f"{name}: capacity": Sample(capacity, busy.latency_ms(0.5), busy.latency_ms(0.99)),
        f"{name}: half load": _accepted(
            calm, seconds, {"errors": sum(not a.is_good for a in calm)}
        ),
        f"{name}: {FACTOR} x that, accepted": _accepted(storm, seconds, fate),
        f"{name}: after it": _accepted(after, rest, recovered),
    }


def _accepted(answers: Sequence[Answer], seconds: float, also: Mapping[str, float]) -> Sample:
    good = [answer for answer in answers if answer.is_good]
    return Sample(
        rate=len(good) / seconds,
        p50=latency_ms(good, 0.5),
        p99=latency_ms(good, 0.99),
        also=also,
        count=len(good),
    )


def _recovery(after: Sequence[Answer], began: float, seconds: float, usual: float) -> float:
    """Seconds until, for half a second, nobody is refused and half are served as fast as the
    slowest hundredth were before; all of the time when that never was."""
    windows: list[list[Answer]] = [[] for _ in range(round(seconds / WINDOW) + 1)]
    for answer in after:
        windows[int((answer.due - began) / WINDOW)].append(answer)
    good = 0
    for number, window in enumerate(windows):
        median = percentile(sorted(answer.seconds for answer in window), 0.5) or 0
        is_good = all(answer.is_good for answer in window) and median <= usual
        good = good + 1 if is_good else 0
        if good == WINDOWS:
            return (number + 1 - WINDOWS) * WINDOW
    return seconds
