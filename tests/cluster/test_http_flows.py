from tests.http.test_flows import *  # noqa: F403
