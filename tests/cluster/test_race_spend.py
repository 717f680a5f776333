from tests.race.test_spend import *  # noqa: F403
