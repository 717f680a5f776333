from tests.race.test_key_conflicts import *  # noqa: F403
