"""One wallet over many databases: what `pgwallet cluster` makes is the wallet that one has."""

import asyncio
import json
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from click.testing import CliRunner, Result
from msgspec.structs import replace

from pgwallet.cli import main
from pgwallet.cluster.config import Cluster, ClusterError, read_cluster
from pgwallet.cluster.config import Server as ServerEntry
from pgwallet.cluster.databases import exists, init, status
from pgwallet.cluster.moves import move
from pgwallet.cluster.runs import RUNS, Run
from tests.support.clusters import ClusterDatabase, create_cluster
from tests.support.paths import DB
from tests.support.servers import Server, Servers

SIGNATURES = """
SELECT
    p.proname, pg_get_function_arguments(p.oid), pg_get_function_result(p.oid), p.provolatile,
    p.prosecdef, p.proconfig IS NOT NULL, obj_description(p.oid, 'pg_proc'),
    ARRAY(
        SELECT format('%s %s', a.grantee::regrole, a.privilege_type)
        FROM aclexplode(p.proacl) AS a
        WHERE a.grantee <> p.proowner ORDER BY 1
    )
FROM pg_proc AS p WHERE p.pronamespace = 'wallet'::regnamespace ORDER BY 1
"""
TYPES = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
FROM pg_class AS c INNER JOIN pg_attribute AS a ON a.attrelid = c.oid
WHERE c.relnamespace = 'wallet'::regnamespace AND c.relkind = 'c' AND a.attnum > 0
ORDER BY c.relname, a.attnum
"""
# Each is refused: by a check, by history, by a balance, by the user's own state.
REFUSED = (
    "SELECT wallet.spend(NULL, 'GOLD', 1, 'key')",
    "SELECT wallet.spend(gen_random_uuid(), 'GOLD', 1, 'key')",
    "SELECT wallet.get_user_id('nobody')",
    "SELECT wallet.get_user_id(NULL)",
    "SELECT wallet.find_user(NULL)",
    "SELECT wallet.create_user(p_email => 'nonsense')",
    "SELECT wallet.create_user(p_email => 'ANN@example.com')",
    "SELECT wallet.create_user(p_external_id => 'ann')",
    "SELECT wallet.create_user(p_external_id => 'new', p_role => 'king')",
    "SELECT wallet.sign_up('Ann', 'Ann@Example.com', NULL, 'hash')",
    "SELECT wallet.sign_up('Ann', NULL, NULL, 'hash')",
    "SELECT wallet.create_asset('GOLD', 'Gold')",
    "SELECT wallet.create_asset('gold', 'Gold')",
    "SELECT wallet.treasury('LEAD')",
    "SELECT wallet.liability('LEAD')",
    "SELECT wallet.set_conversion_rate('GOLD', 'GOLD', 1, 1)",
    "SELECT wallet.verify(gen_random_uuid())",
    "SELECT wallet.expire_holds(0)",
    "SELECT wallet.set_password(wallet.get_user_id('ann'), NULL)",
)


@pytest.fixture
async def plain(plproxy_server: Server) -> Any:
    """The same release on one database."""
    database = plproxy_server.create(template=plproxy_server.template)
    connection = await database.connect()
    yield connection
    await connection.close()
    database.drop()


def cli(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["cluster", *map(str, arguments)])


def test_the_table_says_of_each_function_how_it_runs() -> None:
    assert RUNS.keys() == {file.stem for file in (DB / "functions/api").glob("*.sql")}


def test_what_is_written_by_hand_is_what_the_table_says() -> None:
    by_hand = {Run.NAME, Run.ALL, Run.SPLIT, Run.CLAIM}
    assert {name for name, run in RUNS.items() if run in by_hand} == {
        file.stem.removeprefix("run_") for file in (DB / "proxy/api").glob("*.sql")
    }


@pytest.mark.parametrize("question", [SIGNATURES, TYPES], ids=["functions", "types"])
async def test_a_proxy_has_what_a_partition_has(
    proxy: asyncpg.Connection, plain: asyncpg.Connection, question: str
) -> None:
    wanted = await plain.fetch(question)
    assert wanted and await proxy.fetch(question) == wanted


async def test_a_refusal_is_told_as_on_one_database(
    proxy: asyncpg.Connection, plain: asyncpg.Connection
) -> None:
    told = []
    for connection in (plain, proxy):
        await connection.execute(
            """SELECT wallet.create_asset('GOLD', 'Gold');
            SELECT wallet.create_user('ann', 'Ann', 'ann@example.com')"""
        )
        answers = []
        for sql in REFUSED:
            with pytest.raises(asyncpg.PostgresError) as refused:
                await connection.execute(sql)
            error = refused.value
            # Who there is not, differs by its id.
            is_named = "gen_random" not in sql
            answers.append(
                (sql, error.sqlstate, error.message, error.detail if is_named else "", error.hint)
            )
        told.append(answers)
    assert told[0] == told[1]
    assert {answer[1][:2] for answer in told[0]} == {"WA"}


async def test_a_refusal_costs_no_connection(
    wallet: ClusterDatabase, proxy: asyncpg.Connection
) -> None:
    """PL/Proxy drops one on which an error came back, and a new one costs much."""
    user = await proxy.fetchval("SELECT user_id FROM wallet.create_user()")
    connections = f"""SELECT pid FROM pg_stat_activity
    WHERE datname LIKE '{wallet.name}%' AND usename = 'wallet_proxy' ORDER BY 1"""
    before = wallet.server.admin(connections)
    for sql in (
        "SELECT wallet.spend($1, 'NONE', 1, 'key')",
        "SELECT wallet.get_balance($1, 'NONE')",
        "SELECT wallet.set_password($1, NULL)",
    ):
        with pytest.raises(asyncpg.PostgresError):
            await proxy.execute(sql, user)
    assert wallet.server.admin(connections) == before


@pytest.mark.parametrize("function", sorted(n for n, run in RUNS.items() if run is Run.REFUSED))
async def test_what_a_cluster_can_t_do_is_refused(proxy: asyncpg.Connection, function: str) -> None:
    nulls = await proxy.fetchval(
        """SELECT string_agg(format('NULL::%s', format_type(t.type_id, NULL)), ', ')
        FROM pg_proc AS p, unnest(p.proargtypes::oid[]) AS t (type_id)
        WHERE p.pronamespace = 'wallet'::regnamespace AND p.proname = $1""",
        function,
    )
    with pytest.raises(asyncpg.PostgresError) as refused:
        await proxy.execute(f"SELECT wallet.{function}({nulls or ''})")
    assert refused.value.sqlstate == "WA502"


async def test_users_are_in_their_place_and_in_all_partitions(
    wallet: ClusterDatabase, proxy: asyncpg.Connection
) -> None:
    for number in range(40):
        await proxy.execute("SELECT wallet.create_user($1)", f"user {number}")
    counts = []
    for number, part in enumerate(wallet.parts):
        users = "SELECT count(*) FROM wallet_private.user_account"
        counts.append(int(part.psql(users)))
        assert part.psql(f"{users} WHERE uuid_hash(user_id) & 3 <> {number}") == "0"
    assert min(counts) > 0


async def test_the_gateway_s_role_sees_functions_only(proxy: asyncpg.Connection) -> None:
    user = await proxy.fetchval("SELECT user_id FROM wallet.create_user()")
    async with proxy.transaction():
        await proxy.execute("SET LOCAL ROLE wallet_gateway")
        assert await proxy.fetch("SELECT * FROM wallet.list_balances($1)", user) is not None
        for sql in (
            "SELECT wallet.adjust(gen_random_uuid(), 'GOLD', 1, 'key', 'why')",
            "SELECT wallet_private.here(0)",
            "SELECT wallet_private.tell_spend(0, false, NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with proxy.transaction():
                    await proxy.execute(sql)


async def test_who_acted_is_who_logged_in_to_the_proxy(
    wallet: ClusterDatabase, proxy: asyncpg.Connection
) -> None:
    await proxy.execute("SELECT wallet.create_user('acted')")
    user = await proxy.fetchval("SELECT wallet.get_user_id('acted')")
    acted = f"SELECT actor FROM wallet.operator_action WHERE subject = '{user}'"
    assert [part.psql(acted) for part in wallet.parts if part.psql(acted)] == ["postgres"]


def test_init_again_has_nothing_to_do(wallet: ClusterDatabase, tmp_path: Path) -> None:
    for command in ("init", "migrate"):
        result = cli(command, wallet.write(tmp_path))
        assert (result.exit_code, result.output) == (0, "nothing to do\n")


def test_status(wallet: ClusterDatabase, tmp_path: Path) -> None:
    result = cli("status", wallet.write(tmp_path), "--json")
    assert result.exit_code == 0
    rows = [json.loads(line) for line in result.output.splitlines()]
    assert [row["partition"] for row in rows] == [0, 1, 2, 3]
    assert {(row["error"], row["lag"]) for row in rows} == {("", None)}
    assert len({(row["schema"], row["catalogue"]) for row in rows}) == 1


def test_status_names_who_is_away(wallet: ClusterDatabase, tmp_path: Path) -> None:
    file = tmp_path / "cluster.toml"
    url = wallet.parts[0].server.dsn("postgres")
    file.write_text(wallet.toml.replace(url, "postgresql://127.0.0.1:1/postgres"))
    result = cli("status", file, "--json")
    assert result.exit_code == 1
    assert "can't be reached" in json.loads(result.output.splitlines()[0])["error"]


def test_verify_finds_what_was_changed(plproxy_server: Server, tmp_path: Path) -> None:
    wallet = create_cluster(plproxy_server, size=2)
    file = wallet.write(tmp_path)
    try:
        wallet.psql("SELECT wallet.create_asset('GOLD', 'Gold')")
        for name in ("ann", "bob", "cid", "dan", "eve"):
            wallet.psql(f"SELECT wallet.create_user('{name}', NULL, '{name}@example.com')")
        result = cli("verify", file)
        assert (result.exit_code, result.output) == (
            0,
            "the books, the names and the catalogue are right\n",
        )
        one = "ctid = (SELECT min(ctid) FROM"
        part = next(p for p in wallet.parts if p.psql("SELECT 1 FROM wallet_private.name LIMIT 1"))
        for sql, check in (
            (
                f"UPDATE wallet_private.name SET user_id = gen_random_uuid() WHERE {one}"
                " wallet_private.name)",
                "names are known",
            ),
            ("UPDATE wallet_private.asset SET name = 'Brass'", "catalogue is the same"),
        ):
            part.psql(sql)
            result = cli("verify", file)
            assert result.exit_code == 1
            assert check in result.output
    finally:
        wallet.drop()


def test_a_partition_is_not_taken_for_another(wallet: ClusterDatabase) -> None:
    half = read_text_cluster(wallet.toml.replace("partitions = 4", "partitions = 2"))
    with pytest.raises(ClusterError, match="can't be partition 0 of 2"):
        asyncio.run(init(half))


async def test_a_move_that_can_t_be_is_refused(
    wallet: ClusterDatabase, servers: Servers, plproxy_server: Server
) -> None:
    """Before anything has changed."""
    other = ServerEntry(servers["15"].dsn("postgres"), (3,))
    here = ServerEntry(plproxy_server.dsn("postgres"), (0, 1, 2))
    cluster = replace(wallet.cluster, server=(here, other))
    wallet.parts[3].psql("CREATE TABLE public.guest (name text)")
    with pytest.raises(ClusterError, match="tables that are not the wallet's: guest"):
        await move(cluster, print)
    wallet.parts[3].psql("DROP TABLE public.guest")
    with pytest.raises(ClusterError, match="has to have wal_level = logical"):
        await move(cluster, print)
    with pytest.raises(ClusterError, match="the file has to name that server too"):
        await move(replace(cluster, server=(replace(other, partitions=()),)), print)
    with pytest.raises(ClusterError, match="pgwallet cluster move moves it"):
        await init(cluster)
    assert not await exists(cluster.partitions[3].url)
    assert [state.error for state in await status(wallet.cluster)] == [""] * 4


def read_text_cluster(text: str) -> Cluster:
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
        file.write(text)
        file.flush()
        return read_cluster(Path(file.name))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("partitions = 3\n[[server]]\nurl='a'\n[[proxy]]\nurl='b'", "not a power of two"),
        ("[[server]]\nurl='a'\npartitions=[0, 1]\n[[proxy]]\nurl='b'", "each of the partitions"),
        ("[[server]]\nurl='a'", "missing required field `proxy`"),
        ("[[server]]\nuri='a'\n[[proxy]]\nurl='b'", "unknown field `uri`"),
    ],
)
def test_a_file_that_is_wrong_is_refused(text: str, says: str) -> None:
    with pytest.raises(ClusterError, match=says):
        read_text_cluster(text)


async def test_a_checkpoint_covers_all_partitions(
    wallet: ClusterDatabase, proxy: asyncpg.Connection
) -> None:
    await proxy.execute("SELECT wallet.create_asset('PROOF', 'Proof')")
    for _ in range(20):
        user = await proxy.fetchval("SELECT user_id FROM wallet.create_user()")
        await proxy.execute("SELECT wallet.topup($1, 'PROOF', 1, 'proof')", user)
    old, home = user, await proxy.fetchval("SELECT uuid_hash($1) & 3", user)
    with wallet.away(home), pytest.raises(asyncpg.PostgresError, match="a partition is away"):
        await proxy.execute("SELECT wallet.checkpoint()")
    with suppress(asyncpg.PostgresError):
        await proxy.execute("SELECT wallet.checkpoint()")  # it may find its connection dead
    checkpoint = await proxy.fetchrow("SELECT * FROM wallet.checkpoint()")
    assert checkpoint["wallets"] == checkpoint["transfers"] == 20

    async def findings(checkpoint_id: int, root: str) -> list[str]:
        ask = "SELECT * FROM wallet.verify_checkpoint($1, $2)"
        return [row["check"] for row in await proxy.fetch(ask, checkpoint_id, root)]

    async def since(checkpoint_id: int) -> list[str]:
        checks, place = [], None
        while True:
            ask = "SELECT * FROM wallet.verify_page($1, 7, NULL, $2)"
            page = await proxy.fetchrow(ask, place, checkpoint_id)
            checks += [finding["check"] for finding in page["findings"]]
            if (place := page["next_user_id"]) is None:
                return checks

    kept = (checkpoint["checkpoint_id"], checkpoint["root"])
    await proxy.execute("SELECT wallet.topup($1, 'PROOF', 1, 'later')", user)
    later = await proxy.fetchrow("SELECT * FROM wallet.checkpoint()")
    assert await findings(*kept) == []
    assert await findings(later["checkpoint_id"], later["root"]) == []
    assert await findings(later["checkpoint_id"], kept[1]) == ["root is that of the checkpoint"]
    assert await findings(10**9, kept[1]) == ["root is that of the checkpoint"]
    assert await since(kept[0]) == []
    with pytest.raises(asyncpg.PostgresError, match="checkpoint not found"):
        await since(10**9)
    for wrong in ((None, kept[1]), (kept[0], None)):
        with pytest.raises(asyncpg.PostgresError, match="is missing"):
            await findings(*wrong)

    # Each partition is in the root.
    roots = {later["root"]}
    for number in range(4):
        place = -1
        while place != number:
            user = await proxy.fetchval("SELECT user_id FROM wallet.create_user()")
            place = await proxy.fetchval("SELECT uuid_hash($1) & 3", user)
        await proxy.execute("SELECT wallet.topup($1, 'PROOF', 1, 'proof')", user)
        roots.add(await proxy.fetchval("SELECT root FROM wallet.checkpoint()"))
    assert len(roots) == 5

    # Somebody rewrites a transfer, and then what the partition has written down of it, too.
    part = wallet.parts[home]
    forge = """ALTER TABLE wallet_private.{0} DISABLE TRIGGER ALL;
    UPDATE wallet_private.{0} SET {1} = sha256({1}) WHERE user_id = '{2}';
    ALTER TABLE wallet_private.{0} ENABLE TRIGGER ALL;"""
    part.psql(forge.format("transfer", "hash", old))
    assert set(await findings(*kept)) == {"history is as it was"}
    assert "history is as it was" in await since(kept[0])
    part.psql(forge.format("checkpoint_head", "head", old))
    assert set(await findings(*kept)) == {"root is that of the checkpoint"}


async def test_an_asset_in_use_gets_lots_in_all_partitions(proxy: asyncpg.Connection) -> None:
    await proxy.execute("SELECT wallet.create_asset('MILE', 'Mile')")
    made = "SELECT user_id FROM wallet.create_user()"
    users = [await proxy.fetchval(made) for _ in range(24)]
    for user in users:
        await proxy.execute("SELECT wallet.topup($1, 'MILE', 5, 'paid')", user)
    await proxy.execute("SELECT wallet.update_asset('MILE', p_lot_order => 'free_first')")
    for user in users:
        await proxy.execute("SELECT wallet.spend($1, 'MILE', 2, 'used')", user)
        [lot] = await proxy.fetch("SELECT * FROM wallet.list_lots($1, 'MILE')", user)
        assert (lot["origin"], lot["remaining"]) == ("paid", 3)
        assert await proxy.fetch("SELECT * FROM wallet.verify($1)", user) == []


async def test_figures_of_the_economy_add_up(
    wallet: ClusterDatabase, proxy: asyncpg.Connection, plain: asyncpg.Connection
) -> None:
    """Of users in all partitions they are what one database tells, counted or not."""
    gifts = [
        (f"figure-{number:02}", f"Figure {number % 5}", number**3 % 97 + 1) for number in range(32)
    ]
    for connection in (plain, proxy):
        await connection.execute("SELECT wallet.create_asset('FIGURE', 'Figure', 2)")
        for code, name, amount in gifts:
            user_id = await connection.fetchval(
                "SELECT user_id FROM wallet.create_user($1, $2)", code, name
            )
            for kind in ("topup", "bonus"):
                await connection.execute(
                    f"SELECT wallet.{kind}($1, 'FIGURE', $2, $3)", user_id, amount, kind
                )
            if amount > 50:
                await connection.execute("SELECT wallet.spend($1, 'FIGURE', 50, 'spend')", user_id)
    for part in wallet.parts:
        assert part.psql("SELECT count(*) > 2 FROM wallet_private.user_account") == "t"
    questions = (
        "SELECT * FROM wallet.economy(p_asset => 'FIGURE')",
        "SELECT * FROM wallet.distribution('FIGURE')",
        "SELECT u.external_id FROM wallet.search_users('figure 1') AS u ORDER BY 1",
        "SELECT u.name FROM wallet.search_users('figure-') AS u",
        "SELECT count(*) FROM wallet.search_users('figure-', 9)",
    )  # fmt: skip
    for _ in range(2):
        for question in questions:
            wanted = await plain.fetch(question)
            assert wanted and await proxy.fetch(question) == wanted, question
        for connection in (plain, proxy):
            assert await connection.fetchval("SELECT wallet.fold_economy()") >= 0

    # As if all of it had been yesterday.
    yesterday = await plain.fetchval("SELECT wallet.rank_users()")
    assert await proxy.fetchval("SELECT wallet.rank_users()") == yesterday
    assert await proxy.fetchval("SELECT wallet.rank_users()") is None
    for part in wallet.parts:
        part.psql(
            "INSERT INTO wallet_private.leader SELECT * FROM wallet_private.ranking(now()::date)"
        )
    await plain.execute(
        "INSERT INTO wallet_private.leader SELECT * FROM wallet_private.ranking(now()::date)"
    )
    question = """SELECT l.direction, l.rank, l.amount, l.name
        FROM wallet.leaders('FIGURE', 7) AS l ORDER BY 1, 3 DESC, 4"""
    wanted = await plain.fetch(question)
    told = await proxy.fetch(question)
    assert [row["amount"] for row in told] == [row["amount"] for row in wanted]
    assert {row["direction"] for row in told} == {"earned", "spent"}
    for direction in ("earned", "spent"):
        ranks = [row["rank"] for row in told if row["direction"] == direction]
        assert sorted(ranks) == list(range(1, len(ranks) + 1))


async def test_balances_of_several_partitions_are_read_in_one_statement(
    proxy: asyncpg.Connection,
) -> None:
    await proxy.execute("SELECT wallet.create_asset('TOGETHER', 'Together')")
    users = [await proxy.fetchval("SELECT user_id FROM wallet.create_user()") for _ in range(8)]
    for number, user in enumerate(users):
        await proxy.execute("SELECT wallet.bonus($1, 'TOGETHER', $2, 'grant')", user, number + 1)
    rows = await proxy.fetch(
        "SELECT m.* FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS r(user_id, asset, n)"
        " CROSS JOIN LATERAL wallet.get_balance(p_user_id => r.user_id, p_asset => r.asset) AS m"
        " ORDER BY r.n",
        users,
        ["TOGETHER"] * len(users),
    )
    assert [(row["user_id"], row["balance"]) for row in rows] == [
        (user, number + 1) for number, user in enumerate(users)
    ]
