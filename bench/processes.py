"""What processes have worked."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Self

import psutil

Works = Mapping[str, Callable[[], float]]  # by the name of a figure, seconds of CPU so far


class Meter:
    """What was worked meanwhile: `... us` for each movement, `... cpu %` of a core."""

    def __init__(self, works: Works) -> None:
        self._works = works

    def __enter__(self) -> Self:
        self._began, self._before = time.monotonic(), self._now()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._seconds = time.monotonic() - self._began
        self._worked = {name: now - self._before[name] for name, now in self._now().items()}

    def figures(self, movements: int) -> dict[str, float]:
        return {
            name: 100 * worked / self._seconds
            if name.endswith("%")
            else 1_000_000 * worked / max(1, movements)
            for name, worked in self._worked.items()
        }

    def _now(self) -> dict[str, float]:
        return {name: work() for name, work in self._works.items()}


def cpu_seconds(pid: int) -> float:
    """Of a process, its children, and those of them that have ended."""
    parent = psutil.Process(pid)
    while True:
        own = parent.cpu_times()[:4]  # user, system, and both of children that have ended
        total = sum(own)
        for child in parent.children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                total += sum(child.cpu_times()[:4])
        if parent.cpu_times()[2:4] == own[2:]:
            return total  # else one has ended meanwhile, and counts twice or not at all
