"""Accounts that are frozen while others move something, and keys that two kinds of movement use."""

from tests.race.test_key_conflicts import (  # noqa: F401
    test_both_kinds_that_meet_at_the_wallets,
    test_one_kind_wins_and_the_other_is_told,
)
from tests.race.test_status import (  # noqa: F401
    test_nothing_moves_on_a_frozen_account_but_what_operators_do,
    test_spends_that_wait_with_a_freeze_are_before_or_after_it,
)
