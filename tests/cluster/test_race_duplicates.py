from tests.race.test_duplicates import *  # noqa: F403
