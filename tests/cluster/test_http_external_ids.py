from tests.http.test_external_ids import *  # noqa: F403
