"""The plan of every statement that a function of ours runs, its own and those of what it calls.

    python -m tests.support.explain spend

They are the generic plans, those for any values, which PL/pgSQL keeps to after a few runs. Nothing
is executed. DATABASE_URL names the database to ask; without it one of some size is made for this,
since PostgreSQL reads small tables from end to end.
"""

import asyncio
import os
import re
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import asyncpg
from pglast import ast, enums
from pglast.stream import RawStream
from pglast.visitors import Visitor

from tests.support.conventions import Tree
from tests.support.paths import DB, SQL_TESTS
from tests.support.servers import VERSIONS, Servers
from tests.support.sqltree import Function, Query

POPULATION = Path(__file__).with_name("population.sql")
TREE = Tree(DB, SQL_TESTS)

# A plan of its own for each set of values would be found otherwise, and these have none.
GENERIC = {"plan_cache_mode": "force_generic_plan", "jit": "off"}


@dataclass(frozen=True)
class Statement:
    """A statement that reads or writes tables, in the body of a function."""

    function: Function
    query: Query

    def __str__(self) -> str:
        place = self.function.at(self.query.line)
        first, _, rest = textwrap.dedent(self.query.sql).strip().partition("\n")
        lines = f"{first}\n{textwrap.dedent(rest)}".strip().split("\n")
        # Where INTO and comments were taken out of it are spaces now.
        text = "\n".join(re.sub(r"(?<=\S) {2,}", " ", line).rstrip() for line in lines)
        return f"-- {self.function.schema}.{self.function.name}, {place}\n{text}"

    @property
    def is_planned(self) -> bool:
        unplanned = (ast.LockStmt, ast.ConstraintsSetStmt)
        return bool(self.tables) and not isinstance(self.query.tree[0].stmt, unplanned)

    @cached_property
    def tables(self) -> set[str]:
        return _References(self.query.tree).tables

    @cached_property
    def variables(self) -> list[tuple[int, str]]:
        """Where it names a variable of the function's, the first place first."""
        types = types_of(self.function)
        found = []
        for location, name, field in _References(self.query.tree).columns:
            if name in types:
                # A field of a record can't be told from its type, so it is a variable of its own.
                found.append((location, f"{name}.{field}" if types[name] == "record" else name))
        return sorted(found)

    @cached_property
    def names(self) -> list[str]:
        """The variables, in the order of their parameters."""
        return list(dict.fromkeys(name for _, name in self.variables))

    @cached_property
    def prepared(self) -> str:
        """Its text with the parameters $1, $2 and so on for the variables."""
        types = types_of(self.function)
        text = self.query.sql
        for location, name in reversed(self.variables):
            number = f"${self.names.index(name) + 1}"
            parameter = f"({number}::{types[name]})" if name in types else number
            text = text[:location] + parameter + text[location + len(name) :]
        return text


async def plans_of(connection: asyncpg.Connection, name: str) -> list[tuple[Statement, str]]:
    """Each statement of a function and of what it calls, with its plan.

    Args:
        name: As in spend or wallet_private.post.

    Raises:
        LookupError: there is no such function.
    """
    function = find(name)
    plans = []
    async with connection.transaction():
        for setting, value in (GENERIC | function.settings).items():
            await connection.execute("SELECT set_config($1, $2, true)", setting, value)
        for called in TREE.reachable(function):
            for query in called.queries:
                statement = Statement(called, query)
                if statement.is_planned:
                    plans.append((statement, await _plan_of(connection, statement)))
    return plans


async def _plan_of(connection: asyncpg.Connection, statement: Statement) -> str:
    # Not EXPLAIN (GENERIC_PLAN), which PostgreSQL 15 does not have yet.
    await connection.execute(f"PREPARE statement AS {statement.prepared}")
    values = f"({', '.join(['NULL'] * len(statement.names))})" if statement.names else ""
    lines = await connection.fetch(f"EXPLAIN EXECUTE statement{values}")
    await connection.execute("DEALLOCATE statement")
    plan = "\n".join(line[0] for line in lines)
    if connection.get_server_version().major < 17:
        return plan  # It calls the results of subplans $1, $2 and so on too.
    return re.sub(
        r"\(\$(\d+)\)(?=[.[])|\$(\d+)",
        lambda match: statement.names[int(match[1] or match[2]) - 1],
        plan,
    )


def find(name: str) -> Function:
    for function in [*TREE.api, *TREE.functions]:
        if name in (function.name, f"{function.schema}.{function.name}"):
            return function
    raise LookupError(f"there is no function {name}")


def types_of(function: Function) -> dict[str, str]:
    """The parameters and variables of a function with their types."""
    outputs = (enums.FunctionParameterMode.FUNC_PARAM_OUT,)
    types = {
        each.name: RawStream()(each.argType)
        for each in function.parameters
        if each.mode not in outputs
    }
    # A loop declares its counter by itself.
    types |= dict.fromkeys(re.findall(r"\bFOR\s+(\w+)\s+IN\b", function.body), "integer")
    for declarations in re.findall(r"\bDECLARE\b(.*?)\bBEGIN\b", function.body, re.DOTALL):
        types |= re.findall(r"^\s*(v_\w+)\s+([\w.]+(?:\s*\[\])?)", declarations, re.MULTILINE)
    return types


class _References(Visitor):
    """What a statement names: tables, and columns, which may be variables."""

    def __init__(self, tree: Any) -> None:
        super().__init__()
        self._tables: set[str] = set()
        self._with_names: set[str] = set()
        self.columns: list[tuple[int, str, str]] = []
        self(tree)

    @property
    def tables(self) -> set[str]:
        return self._tables - self._with_names

    def visit_CommonTableExpr(self, _: Any, node: ast.CommonTableExpr) -> None:
        self._with_names.add(node.ctename)

    def visit_RangeVar(self, _: Any, node: ast.RangeVar) -> None:
        self._tables.add(node.relname)

    def visit_ColumnRef(self, _: Any, node: ast.ColumnRef) -> None:
        names = [getattr(field, "sval", "*") for field in node.fields]
        self.columns.append((node.location, names[0], ".".join(names[1:])))


@contextmanager
def database() -> Iterator[str]:
    """The address of DATABASE_URL, or of a populated database that is gone afterwards."""
    if given := os.environ.get("DATABASE_URL"):
        yield given
        return
    servers = Servers()
    try:
        server = servers[VERSIONS[0]]
        made = server.create(template=server.template)
        made.psql(POPULATION.read_text())
        yield made.dsn
    finally:
        servers.stop()


async def show(dsn: str, name: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute("SET ROLE wallet_owner")
    for statement, plan in await plans_of(connection, name):
        print(statement, textwrap.indent(plan, "    "), sep="\n\n", end="\n\n\n")
    await connection.close()


def main(arguments: list[str]) -> None:
    if len(arguments) != 1:
        sys.exit("of which function? make explain F=spend")
    try:
        find(arguments[0])
        with database() as dsn:
            asyncio.run(show(dsn, arguments[0]))
    except (LookupError, asyncpg.PostgresError, OSError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(sys.argv[1:])
