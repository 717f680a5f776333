"""How often: what a key has left of its rate, counted in this process alone."""

from collections.abc import Hashable
from math import ceil
from time import monotonic

from gateway import metrics
from gateway.problems import Problem
from gateway.settings import Settings

_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
_SWEPT = 10_000  # keys from which on those that say nothing are looked for,
_REMEMBERED = 200_000  # and keys at most
_DUST = 1e-6  # what adding floats may leave


class Limiter:
    """So many at once for each key; what was taken comes back evenly within the window.

    For each key one number is kept, the time at which its quota will be whole again (GCRA). A key
    whose quota is whole needs none.
    """

    def __init__(self, rate: str) -> None:
        """rate: as in "10/minute"."""
        quota, _, unit = rate.partition("/")
        self.quota, self.window = int(quota), _SECONDS[unit]
        self._step = self.window / self.quota
        self._whole_at: dict[Hashable, float] = {}
        self._sweep_at = _SWEPT

    def take(self, key: Hashable) -> float:
        """Takes one; when there is none, takes nothing and answers in how many seconds there is."""
        now = monotonic()
        whole_at = max(self._whole_at.get(key, now), now) + self._step
        wait = whole_at - now - self.window
        if wait > _DUST:
            return wait
        self._keep(key, whole_at, now)
        return 0.0

    def overdraw(self, key: Hashable) -> float:
        """Takes one, also when there is none; answers by how many seconds that was too early."""
        now = monotonic()
        whole_at = max(self._whole_at.get(key, now), now) + self._step
        self._keep(key, min(whole_at, now + 2 * self.window), now)
        wait = whole_at - now - self.window
        return wait if wait > _DUST else 0.0

    def give_back(self, key: Hashable) -> None:
        """One that was taken, as if it had not been."""
        if key in self._whole_at:
            self._whole_at[key] -= self._step

    def left(self, key: Hashable) -> tuple[int, int]:
        """How many there are, and in how many seconds there will be all."""
        missing = max(0.0, self._whole_at.get(key, 0.0) - monotonic())
        return max(0, int((self.window - missing) / self._step + _DUST)), ceil(missing - _DUST)

    def _keep(self, key: Hashable, whole_at: float, now: float) -> None:
        if key not in self._whole_at and len(self._whole_at) >= self._sweep_at:
            self._whole_at = {k: at for k, at in self._whole_at.items() if at > now}
            while len(self._whole_at) >= _REMEMBERED:
                del self._whole_at[next(iter(self._whole_at))]  # the oldest
            self._sweep_at = min(max(_SWEPT, 2 * len(self._whole_at)), _REMEMBERED)
        self._whole_at[key] = whole_at


def refuse_before(seconds: float, scope: str = "") -> None:
    """Says when to come again, unless that is now; scope: whose guesses they are."""
    if seconds:
        if scope:
            metrics.throttled.labels(scope).inc()
        raise Problem("GW429", headers={"Retry-After": str(ceil(seconds))})


class TokenRates:
    """How often the subject of a token may ask, and the header fields that tell it.

    The fields are those of draft-ietf-httpapi-ratelimit-headers, as they are since its 8th version.
    """

    def __init__(self, settings: Settings) -> None:
        users, staff = (
            Limiter(rate) if rate else None for rate in (settings.user_rate, settings.staff_rate)
        )
        self._limiters = {"user": users, "service": staff, "admin": staff}
        self._policies = {
            role: f'"{role}";q={limiter.quota};w={limiter.window}'
            for role, limiter in self._limiters.items()
            if limiter is not None
        }

    def take(self, role: str, sub: str) -> tuple[dict[str, str], float]:
        """The header fields of the answer, and the seconds to wait if there was nothing left."""
        limiter = self._limiters[role]
        if limiter is None:
            return {}, 0.0
        wait = limiter.take(sub)
        left, whole_in = limiter.left(sub)
        fields = {
            "RateLimit-Policy": self._policies[role],
            "RateLimit": f'"{role}";r={left};t={whole_in}',
        }
        return fields, wait
