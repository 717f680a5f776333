from tests.race.test_status import *  # noqa: F403
