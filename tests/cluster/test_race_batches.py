from tests.race.test_batches import *  # noqa: F403
