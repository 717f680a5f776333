"""Runs, interleaved, and what is kept of them."""

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Sample:
    """What one run gave: how many a second, latencies in ms, other figures, how many in all."""

    rate: float | None = None
    p50: float | None = None
    p99: float | None = None
    also: Mapping[str, float] = field(default_factory=dict)
    count: int = 0

    @property
    def tail(self) -> float | None:
        return self.p99 / self.p50 if self.p99 and self.p50 else None


@dataclass(frozen=True)
class Variant:
    """One of the things that are compared. A run may give several samples, each with its name."""

    name: str
    run: Callable[[float], Sample | Mapping[str, Sample]]
    against: Mapping[str, str] = field(default_factory=dict)  # label -> name of another one


@dataclass(frozen=True)
class Row:
    """All samples of one name, and its rate as a multiple of others', round by round."""

    name: str
    samples: Sequence[Sample]
    ratios: Mapping[str, Sequence[float]]

    def median(self, figure: str) -> float | None:
        return _median(getattr(sample, figure) for sample in self.samples)

    def also(self) -> dict[str, float]:
        names = dict.fromkeys(name for sample in self.samples for name in sample.also)
        found = {name: _median(s.also.get(name) for s in self.samples) for name in names}
        return {name: value for name, value in found.items() if value is not None}


def interleave(
    variants: Sequence[Variant],
    rounds: int,
    seconds: float,
    *,
    warm_up: float = 0,
    say: Callable[[str], None],
) -> list[Row]:
    """Run A B C A B C …; what disturbs the machine meanwhile then disturbs all of them."""
    if warm_up:
        for variant in variants:
            say(f"{variant.name}: warm-up")
            variant.run(warm_up)
    samples: dict[str, list[Sample]] = {}
    for number in range(1, rounds + 1):
        for variant in variants:
            say(f"{variant.name}: {number} of {rounds}")
            given = variant.run(seconds)
            named = {variant.name: given} if isinstance(given, Sample) else given
            for name, sample in named.items():
                samples.setdefault(name, []).append(sample)
    against = {variant.name: variant.against for variant in variants}
    return [
        Row(
            name,
            own,
            {
                label: _ratios(own, samples[other])
                for label, other in against.get(name, {}).items()
                if other in samples
            },
        )
        for name, own in samples.items()
    ]


def percentile(latencies: Sequence[float], share: float) -> float | None:
    """Of sorted latencies, the one that this share of them does not exceed."""
    return latencies[min(len(latencies) - 1, int(share * len(latencies)))] if latencies else None


def _ratios(own: Iterable[Sample], other: Iterable[Sample]) -> list[float]:
    return [a.rate / b.rate for a, b in zip(own, other, strict=True) if a.rate and b.rate]


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None
