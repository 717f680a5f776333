"""The feed and live balances through a proxy: what is quick of it."""

from tests.http.test_events import (  # noqa: F401
    test_a_cursor_acknowledges_and_goes_on,
    test_a_subscription_is_changed_and_ended,
    test_what_is_wrong_is_refused,
    test_who_waits_is_told_at_once,
    warehouse,
)
from tests.http.test_live import (  # noqa: F401
    fast,
    test_a_token_that_is_cut_off_ends_it,
    test_the_balances_and_then_what_moves,
    test_who_comes_back_has_missed_nothing,
    test_who_has_nothing_yet_hears_of_the_first,
)
