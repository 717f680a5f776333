from tests.http.test_dry_run import (  # noqa: F401
    catalogue,
    test_it_answers_as_the_movement_and_moves_nothing,
    test_it_refuses_as_the_movement,
    test_many_at_once_move_nothing,
    thing,
)
