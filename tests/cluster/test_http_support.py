from tests.http.test_support import *  # noqa: F403
