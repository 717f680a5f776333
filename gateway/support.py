"""How much a support agent may grant or refund at once. A setting says it for each asset."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from gateway.problems import Problem
from gateway.settings import Settings


class Limits:
    def __init__(self, settings: Settings) -> None:
        pairs = (pair.split(":") for pair in settings.support_limits.split(",") if pair)
        self._most = {asset: Decimal(amount) for asset, amount in pairs}

    def allow(self, receipt: Mapping[str, Any]) -> bool:
        """Whether a movement is within the limits, by its receipt."""
        return not any(self._excesses(receipt))

    def check(self, receipt: Mapping[str, Any]) -> None:
        """Raises GW403 if it is not."""
        for asset, most in self._excesses(receipt):
            raise Problem(
                "GW403",
                f"The role support may move at most {most:f} {asset} at once.",
                "Propose it (POST /v1/admin/proposals), or ask an admin to do it.",
            )

    def _excesses(self, receipt: Mapping[str, Any]) -> Iterator[tuple[str, Decimal]]:
        # What a reversal could not take counts too: it is what was asked for.
        for name, amounts in (
            ("asset", ("amount", "shortfall")),
            ("counter_asset", ("counter_amount",)),
        ):
            if asset := receipt.get(name):
                most = self._most.get(asset, Decimal(0))
                if sum(Decimal(receipt.get(amount) or 0) for amount in amounts) > most:
                    yield asset, most
