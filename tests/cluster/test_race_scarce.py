"""Budgets and caps that are changed, through a proxy: what is quick of it."""

from tests.race.test_campaigns import (  # noqa: F401
    test_budget_is_changed_meanwhile,
    test_different_users_at_the_edge_of_the_budget,
)
from tests.race.test_supply import (  # noqa: F401
    test_a_cap_that_is_lifted_meanwhile_binds_nobody_who_waited_for_it,
    test_a_cap_that_is_set_meanwhile_counts_for_those_who_waited_for_it,
)
