"""What processes have worked."""

from contextlib import suppress

import psutil


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
