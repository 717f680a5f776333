"""Webhooks of a cluster: all partitions' events go to one receiver, with one secret."""

from collections.abc import AsyncIterator

import pytest

from tests.support.clusters import ClusterDatabase
from tests.support.receiver import Receiver
from tests.system.test_deliver import (  # noqa: F401
    World,
    receiver,
    test_410_ends_it_and_nothing_is_lost,
    test_two_secrets_sign_until_the_old_one_ends,
    test_what_fails_is_tried_again_and_others_are_not_held_up,
    test_what_moved_arrives_signed,
)


@pytest.fixture
async def world(module_database: ClusterDatabase, receiver: Receiver) -> AsyncIterator[World]:  # noqa: F811
    connection = await module_database.connect()
    yield World(module_database, connection, receiver)
    await connection.execute("SELECT wallet.drop_subscription('shop')")
    await connection.close()
