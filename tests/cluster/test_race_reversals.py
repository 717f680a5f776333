from tests.race.test_reversals import *  # noqa: F403
