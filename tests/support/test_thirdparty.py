"""What is fetched is what was pinned."""

import hashlib

import pytest

from tests.support import thirdparty
from tests.support.thirdparty import Unavailable

CHECKSUM = hashlib.sha256(b"right").hexdigest()


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setattr(thirdparty, "CACHE", tmp_path)


def source(content, name="tool.sql", fetched=None):
    def fetch(folder):
        if fetched is not None:
            fetched.append(name)
        if content is None:
            raise Unavailable("npm is not installed")
        (folder / name).write_bytes(content)

    return {name: (CHECKSUM, fetch)}


def test_it_is_fetched_once(tmp_path):
    fetched = []
    for _ in range(2):
        file = thirdparty._first_of(tmp_path / "tool", source(b"right", fetched=fetched))
    assert file.read_bytes() == b"right"
    assert len(fetched) == 1


@pytest.mark.parametrize("first", [None, b"wrong"])
def test_the_fallback_is_taken(tmp_path, first):
    file = thirdparty._first_of(tmp_path / "tool", source(first) | source(b"right", "other.sql"))
    assert file.name == "other.sql"


def test_another_file_is_refused(tmp_path):
    with pytest.raises(Unavailable, match=f"tool can't be had: .*instead of {CHECKSUM}"):
        thirdparty._first_of(tmp_path / "tool", source(b"wrong"))
    assert not (tmp_path / "tool").exists()


def test_a_cached_file_is_checked_too(tmp_path):
    file = thirdparty._first_of(tmp_path / "tool", source(b"right"))
    file.write_bytes(b"wrong")
    with pytest.raises(Unavailable, match="remove it or see why"):
        thirdparty._first_of(tmp_path / "tool", source(b"right"))
