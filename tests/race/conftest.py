"""The races' arena: one for each file and server, handed on while its books are right."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from tests.race.arena import Arena
from tests.support.servers import Database, Server

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One event loop for all of them, as an arena's connections belong to one."""
    for item in items:
        if HERE in item.path.parents and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def arenas() -> AsyncIterator[dict[Server, Arena]]:
    """Those that nobody uses at the moment."""
    arenas: dict[Server, Arena] = {}
    yield arenas
    for arena in arenas.values():
        await arena.close()


@pytest.fixture
def new_wallet(server: Server) -> Callable[[], Database]:
    return lambda: server.create(template=server.template)


@pytest_asyncio.fixture(loop_scope="session")
async def arena(
    server: Server, arenas: dict[Server, Arena], new_wallet: Callable[[], Database]
) -> AsyncIterator[Arena]:
    """A database and many sessions; whatever the test does, its books are right at the end."""
    arena = arenas.pop(server, None) or await Arena.open(new_wallet())
    yield arena
    findings = await arena.findings()
    if findings or arena.is_busy:
        await arena.close()
    else:
        arenas[server] = arena
    assert findings == []
