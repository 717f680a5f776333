"""Budgets and caps that are changed, through a proxy: what is quick of it."""

from tests.race.test_campaigns import test_budget_is_changed_meanwhile  # noqa: F401
from tests.race.test_supply import (  # noqa: F401
    test_a_cap_that_is_set_meanwhile_counts_for_those_who_waited_for_it,
)
