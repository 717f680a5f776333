from tests.race.test_transactions import *  # noqa: F403
