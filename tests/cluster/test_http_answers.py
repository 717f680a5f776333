from tests.http.test_answers import *  # noqa: F403
