from tests.race.test_holds import *  # noqa: F403
