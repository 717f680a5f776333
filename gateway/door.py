"""So many calls are under way or waiting; who comes then is turned away, at the door if possible.

A long queue helps nobody: it makes all wait, and a request costs least where it has not been looked
at yet.
"""

from gateway import metrics
from gateway.answers import Answer
from gateway.problems import Problem

_FULL = "Too many requests are waiting."


class Door:
    def __init__(self, slots: int) -> None:
        self.name, self.slots, self.in_use, self.waiting = "requests", slots, 0, 0
        metrics.watch(self)

    @property
    def is_full(self) -> bool:
        return self.in_use >= self.slots

    def __enter__(self) -> None:
        """For a call. The request has been read by then, so slow clients take no place."""
        if self.is_full:
            metrics.sheds.labels(self.name, "full").inc()
            raise Problem("GW503", _FULL)
        self.in_use += 1

    def __exit__(self, *_: object) -> None:
        self.in_use -= 1

    def turn_away(self, request_id: str) -> Answer:
        metrics.sheds.labels(self.name, "full").inc()
        metrics.failures.labels("GW503").inc()
        response = Problem("GW503", _FULL).response(request_id)
        response.headers["X-Request-ID"] = request_id
        return response
