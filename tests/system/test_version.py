"""One version in the package and in the database."""

from gateway import __version__


async def test_functions_are_of_the_packages_version(database):
    connection = await database.connect()
    try:
        assert await connection.fetchval("SELECT wallet.version()") == __version__
        assert await connection.fetchval("SELECT wallet.schema_version()") == "V0001"
    finally:
        await connection.close()
