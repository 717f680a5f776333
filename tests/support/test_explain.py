"""`make explain` prints what it promises."""

import pytest

from tests.support.explain import TREE, Statement, find, main, plans_of, types_of


@pytest.fixture(autouse=True)
def database_url(module_database, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", module_database.dsn)


@pytest.mark.parametrize("name", ["spend", "wallet.spend", "move", "wallet_private.post"])
def test_prints_statements_and_plans(name, capsys):
    main([name])
    printed = capsys.readouterr().out
    assert "-- wallet_private.post, db/functions/private/movement/post.sql:" in printed
    assert "UPDATE wallet_private.wallet AS w\nSET balance = w.balance + p_transfer.a" in printed
    assert "\n    Update on wallet w  (cost=" in printed


def test_names_the_variables_in_a_plan(server, capsys):
    if server.version < 17:
        pytest.skip("a plan's $1 can be two things")
    main(["wallet_private.take_back"])
    assert "(seq = (p_seq - 1))" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["spend", "topup"], ["spent"], ["wallet.post"]])
def test_says_what_is_wrong(arguments):
    with pytest.raises(SystemExit, match="function"):
        main(arguments)


async def test_reads_every_function(module_database):
    connection = await module_database.connect()
    for function in TREE.api:
        await plans_of(connection, function.name)
    await connection.close()


def test_says_where_a_statement_is():
    post = find("wallet_private.post")
    lines = post.file.text.splitlines()
    for statement in (Statement(post, query) for query in post.queries):
        if statement.is_planned:
            words = lines[statement.query.line - 1].split()[:2]
            assert statement.query.sql.split()[: len(words)] == words


def test_knows_the_types_of_variables():
    assert types_of(find("post"))["p_transfer"] == "wallet_private.transfer"
    types = types_of(find("settle_supply"))
    assert types["v_stripes"] == "numeric[]"
    assert types["v_index"] == "integer"
