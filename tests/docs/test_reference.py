"""docs/reference/ is what the code says; `make schema` writes it anew."""

import pytest

from tests.support import reference
from tests.support.reference import REFERENCE


@pytest.mark.parametrize("name", ["functions", "errors", "settings"])
def test_it_is_current(name, server):
    page = REFERENCE / f"{name}.md"
    if server.version < 18:
        pytest.skip("it is told by PostgreSQL 18")
    assert page.read_text() == reference.pages(server.template)[page]


def test_every_function_is_in_one_group():
    names = [name for group in reference.groups().values() for name in group]
    assert len(names) == len(set(names))
