from tests.http.test_routes import *  # noqa: F403
