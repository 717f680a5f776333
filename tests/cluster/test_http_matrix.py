from tests.http.test_matrix import *  # noqa: F403
