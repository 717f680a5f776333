"""What processes have worked."""

import psutil


def cpu_seconds(pid: int) -> float:
    """Of a process, its children, and those of them that have ended."""
    total = 0.0
    parent = psutil.Process(pid)
    for process in (parent, *parent.children(recursive=True)):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total
