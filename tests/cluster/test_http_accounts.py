from tests.http.test_accounts import *  # noqa: F403
