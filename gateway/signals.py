"""The signals that end a process, and what it does then."""

import asyncio
import signal
import sys

ENDS = [signal.SIGTERM]  # these end a process with its `finally`s, as Ctrl-C does
if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # `nohup` ignores it
    ENDS.append(signal.SIGHUP)


def cancel_on_signal(*, is_child: bool) -> None:
    """Cancels this task on a signal, and a child's task when its parent ends."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None

    def stop() -> None:
        """Cancels once: a second time would cut off what is under way."""
        if is_child:
            loop.remove_reader(sys.stdin)
        if not task.cancelling():
            task.cancel()

    for number in (signal.SIGINT, *ENDS):
        loop.add_signal_handler(number, stop)
    if is_child:  # the parent holds the other end, which closes however the parent ends
        loop.add_reader(sys.stdin, stop)
