"""The test servers, before anything is built on them."""

import asyncio

from tests.support.servers import every_version


@every_version
def test_server_is_of_the_version_asked_for(server, request):
    version = request.node.callspec.params["server"]
    assert version in ("given", str(server.version))


@every_version
def test_database_is_migrated(database):
    assert database.psql("SELECT to_regnamespace('wallet'), to_regnamespace('wallet_private')") == (
        "wallet|wallet_private"
    )


def test_empty_database_is_empty(empty_database):
    assert empty_database.psql("SELECT to_regnamespace('wallet') IS NULL") == "t"


def test_databases_are_apart(server, database):
    other = server.create(template=server.template)
    other.psql("CREATE TABLE public.mine (id integer)")
    assert database.psql("SELECT to_regclass('public.mine') IS NULL") == "t"
    other.drop()


async def test_connections_are_apart(connect):
    one, other = await asyncio.gather(connect(), connect())
    assert await one.fetchval("SELECT pg_backend_pid()") != other.get_server_pid()


def test_new_server_takes_settings(new_server):
    server = new_server(fsync="on")
    assert server.admin("SHOW fsync") == "on"
    assert server.create(template=server.template).psql("SELECT count(*) FROM pg_roles") > "0"


@every_version
def test_pgtap_is_loaded(server):
    found = server.tap_database.psql("SELECT tap.pgtap_version(), to_regnamespace('wallet')")
    assert found in ("1.3|wallet", "1.2|wallet")
