"""How often somebody may ask. Each process counts for itself."""

from collections.abc import Hashable
from math import ceil
from time import monotonic

from gateway import metrics
from gateway.problems import Problem
from gateway.settings import Settings

_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
_SWEPT = 10_000  # keys; above that, keys with a whole quota are removed
_REMEMBERED = 200_000  # keys at most
_DUST = 1e-6  # rounding errors of floats


class Limiter:
    """Each key may take its quota at once. What was taken comes back evenly within the window.

    The limiter keeps one number for each key: the time at which its quota is whole again (GCRA).
    """

    def __init__(self, rate: str) -> None:
        """rate: as in "10/minute"."""
        quota, _, unit = rate.partition("/")
        self.quota, self.window = int(quota), _SECONDS[unit]
        self._step = self.window / self.quota
        self._whole_at: dict[Hashable, float] = {}
        self._sweep_at = _SWEPT

    def take(self, key: Hashable) -> float:
        """Takes one and gives 0. If there is none: takes nothing and gives the seconds to wait."""
        now = monotonic()
        whole_at = max(self._whole_at.get(key, now), now) + self._step
        wait = whole_at - now - self.window
        if wait > _DUST:
            return wait
        self._keep(key, whole_at, now)
        return 0.0

    def overdraw(self, key: Hashable) -> float:
        """Takes one even if there is none. Gives the seconds by which that was too early."""
        now = monotonic()
        whole_at = max(self._whole_at.get(key, now), now) + self._step
        self._keep(key, min(whole_at, now + 2 * self.window), now)
        wait = whole_at - now - self.window
        return wait if wait > _DUST else 0.0

    def give_back(self, key: Hashable) -> None:
        """Gives back one that was taken."""
        if key in self._whole_at:
            self._whole_at[key] -= self._step

    def left(self, key: Hashable) -> tuple[int, int]:
        """How many are left, and in how many seconds the quota is whole."""
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
    """Raises GW429 if there are seconds to wait. scope: what the metrics count it under."""
    if seconds:
        if scope:
            metrics.throttled.labels(scope).inc()
        raise Problem("GW429", headers={"Retry-After": str(ceil(seconds))})


class TokenRates:
    """How often the subject of a token may ask, and the header fields that say it.

    The fields are those of draft-ietf-httpapi-ratelimit-headers since its 8th version.
    """

    def __init__(self, settings: Settings) -> None:
        users, staff = (
            Limiter(rate) if rate else None for rate in (settings.user_rate, settings.staff_rate)
        )
        self._limiters = {"user": users, "support": staff, "service": staff, "admin": staff}
        self._policies = {
            role: f'"{role}";q={limiter.quota};w={limiter.window}'
            for role, limiter in self._limiters.items()
            if limiter is not None
        }

    def take(self, role: str, sub: str) -> tuple[dict[str, str], float]:
        """The header fields of the answer, and the seconds to wait; 0: none."""
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
