"""From each earlier release to this one: the same schema, and nothing of a release was edited."""

import re
import tomllib

import pytest

from pgwallet.migrate import LOCKS, migrate, plan, read_tree
from tests.support import schema
from tests.support.paths import DB, ROOT
from tests.support.servers import every_version
from tests.upgrade.releases import RELEASES, Release, git

each_release = pytest.mark.parametrize("release", RELEASES, indirect=True)


@pytest.fixture(scope="module")
def release(request, tmp_path_factory):
    return Release(request.param, tmp_path_factory.mktemp(request.param))


@each_release
def test_schema_files_of_a_release_are_as_they_were(release):
    for file in read_tree(release.db):
        if file.name.startswith("schema/"):
            assert (DB / file.name).read_bytes().decode() == file.text, file.name


@every_version
@each_release
async def test_upgraded_is_the_same_as_fresh(release, server, empty_database):
    await migrate(empty_database.dsn, root=release.db)
    await migrate(empty_database.dsn)
    assert await plan(empty_database.dsn) == []
    assert schema.dump(empty_database) == schema.dump(server.template)


def test_releases_are_those_that_were_tagged():
    tags = git("tag", "--list", "v*", "--format=%(refname:strip=2) %(*objectname) %(objectname)")
    for line in tags.stdout.decode().splitlines():
        tag, *commits = line.split()
        assert RELEASES[tag.removeprefix("v")] in commits


def test_versions_go_up_and_end_before_this_one():
    this = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    versions = [tuple(map(int, version.split("."))) for version in (*RELEASES, this)]
    assert versions == sorted(versions)


def test_dump_in_git_is_current(server):
    """If not: make schema"""
    if server.version != 18:
        pytest.skip("the dump is PostgreSQL 18's")
    assert (DB / "schema" / "current.sql").read_text() == schema.current(server.template)


@every_version
async def test_locks_in_git_are_current(empty_database):
    """If not: make schema"""
    locks = await schema.measure(empty_database)
    assert (DB / LOCKS).read_text() == schema.locks_json(locks)


def test_dump_shows_what_changes(database):
    before = schema.current(database)
    database.psql("ALTER TABLE wallet_private.asset ADD COLUMN colour text NOT NULL DEFAULT 'red'")
    added = set(schema.current(database).splitlines()) - set(before.splitlines())
    assert [re.sub(r"\s+", " ", line).strip(" ,") for line in added if "colour" in line] == [
        "colour text DEFAULT 'red'::text NOT NULL"
    ]
