from tests.race.test_campaigns import *  # noqa: F403
