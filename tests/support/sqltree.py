"""What the SQL files say, read without a server: functions, their clauses, queries and errors."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pglast
from pglast import ast, enums
from pglast.stream import RawStream
from pglast.visitors import Visitor

from tests.support.paths import ROOT

OURS = {"wallet", "wallet_private"}
_GENERATED = ("install.sql", "current.sql")

# Numbers of PL/pgSQL's own, as its parser gives them.
ERROR_LEVEL = 21
RAISE_OPTIONS = {0: "ERRCODE", 1: "MESSAGE", 2: "DETAIL", 3: "HINT"}
IMPLICIT = {"(unnamed row)", "sqlerrm", "sqlstate"}
PARSE_AS_STATEMENT = 0
PARSE_AS_EXPRESSION = 2


class Unreadable(Exception):
    """A file that can't be parsed."""


@dataclass(frozen=True)
class Raise:
    """A RAISE EXCEPTION. The parts that are not constant are None."""

    line: int
    code: str | None
    message: str | None
    options: dict[str, str]


@dataclass(frozen=True)
class Query:
    """A statement or expression in a body."""

    line: int
    sql: str
    tree: Any


@dataclass(frozen=True)
class File:
    path: Path

    @cached_property
    def text(self) -> str:
        return self.path.read_bytes().decode()

    @cached_property
    def code(self) -> str:
        """The text with spaces where comments were."""
        return without_comments(self.text)

    @cached_property
    def statements(self) -> list[ast.RawStmt]:
        try:
            return list(pglast.parse_sql(self.text))
        except pglast.parser.ParseError as error:
            raise Unreadable(f"{self.at(1)}: {error}") from None

    @cached_property
    def functions(self) -> list["Function"]:
        return [
            Function(self, each.stmt, self.line_of(each.stmt_location))
            for each in self.statements
            if isinstance(each.stmt, ast.CreateFunctionStmt)
        ]

    def line_of(self, position: int) -> int:
        """The line of the first token at or after a position."""
        code = self.code
        while position < len(code) and code[position].isspace():
            position += 1
        return code.count("\n", 0, position) + 1

    def at(self, line: int) -> str:
        path = self.path.relative_to(ROOT) if self.path.is_relative_to(ROOT) else self.path
        return f"{path}:{line}"


@dataclass(frozen=True)
class Function:
    file: File
    statement: ast.CreateFunctionStmt
    line: int

    @property
    def name(self) -> str:
        return self.statement.funcname[-1].sval

    @property
    def schema(self) -> str:
        return self.statement.funcname[0].sval if len(self.statement.funcname) > 1 else ""

    @property
    def parameters(self) -> list[ast.FunctionParameter]:
        return list(self.statement.parameters or ())

    @cached_property
    def clauses(self) -> list[str]:
        """Which clauses are written, in their order."""
        return [option.defname for option in self.statement.options]

    @cached_property
    def settings(self) -> dict[str, str]:
        """Its SET clauses."""
        return {
            option.arg.name: ", ".join(value.val.sval for value in option.arg.args or ())
            for option in self.statement.options
            if option.defname == "set"
        }

    def clause(self, name: str) -> Any:
        """The value of a clause, None when it is not written."""
        for option in self.statement.options:
            if option.defname == name:
                return getattr(option.arg, "sval", getattr(option.arg, "boolval", option.arg))
        return None

    @property
    def is_trigger(self) -> bool:
        returns = self.statement.returnType
        return returns is not None and returns.names[-1].sval == "trigger"

    @cached_property
    def body(self) -> str:
        body = self.clause("as")
        return without_comments(body[0].sval) if body else ""

    @cached_property
    def body_line(self) -> int:
        """The line of the file that the body begins on."""
        for option in self.statement.options:
            if option.defname == "as":
                return self.file.line_of(option.location)
        return self.line

    @cached_property
    def comment(self) -> str | None:
        for each in self.file.statements:
            comment = each.stmt
            if (
                isinstance(comment, ast.CommentStmt)
                and comment.objtype == enums.ObjectType.OBJECT_FUNCTION
                and [part.sval for part in comment.object.objname] == [self.schema, self.name]
            ):
                return comment.comment
        return None

    @property
    def documented_codes(self) -> set[str]:
        """The codes after Raises: in its comment."""
        return set(re.findall(r"\bWA\d{3}\b", (self.comment or "").partition("Raises:")[2]))

    @cached_property
    def calls(self) -> list[str]:
        """The functions of ours that the body names, in their order."""
        code = re.sub(r"'(?:[^']|'')*'", "''", self.body)
        names = re.findall(r"\bwallet(?:_private)?\.\w+(?=\s*\()", code)
        return list(dict.fromkeys(names))

    @cached_property
    def plpgsql(self) -> dict[str, Any]:
        """PL/pgSQL's own parse tree, empty for another language."""
        if self.clause("language") != "plpgsql":
            return {}
        try:
            return pglast.parse_plpgsql(parsable(self))[0]["PLpgSQL_function"]
        except pglast.parser.ParseError as error:
            raise Unreadable(f"{self.at(self.body_line)}: {error}") from None

    @cached_property
    def variables(self) -> list[tuple[int, str]]:
        """The lines and names of what it declares."""
        datums = [next(iter(datum.values())) for datum in self.plpgsql.get("datums", ())]
        return [
            (self.body_line + datum["lineno"] - 1, datum["refname"])
            for datum in datums
            if "lineno" in datum and datum["refname"] not in IMPLICIT
        ]

    @cached_property
    def queries(self) -> list[Query]:
        if self.statement.sql_body:
            return [Query(self.body_line, self.body, self.statement.sql_body)]
        if self.clause("language") == "sql":
            return [Query(self.body_line, self.body, parse(self.body, self.at(self.body_line)))]
        return [
            Query(line, sql := statement_of(expression), parse(sql, self.at(line)))
            for line, expression in self._nodes("PLpgSQL_expr")
        ]

    @cached_property
    def raises(self) -> list[Raise]:
        """Every RAISE EXCEPTION but the bare RAISE that passes an error on."""
        found = []
        for line, node in self._nodes("PLpgSQL_stmt_raise"):
            if node["elog_level"] != ERROR_LEVEL or node.keys() <= {"lineno", "elog_level"}:
                continue
            options = {
                RAISE_OPTIONS.get(option["opt_type"], "?"): option["expr"]["PLpgSQL_expr"]["query"]
                for option in (each["PLpgSQL_raise_option"] for each in node.get("options", ()))
            }
            message = node.get("message", constant(options.get("MESSAGE")))
            is_constant = message is not None and "%" not in message
            code = constant(options.get("ERRCODE"))
            found.append(Raise(line, code, message if is_constant else None, options))
        return found

    def at(self, line: int | None = None) -> str:
        return self.file.at(line or self.line)

    def _nodes(self, kind: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """The nodes of a kind in the body, each with the line of the statement around it."""
        stack: list[tuple[int, Any]] = [(1, self.plpgsql)]
        while stack:
            line, node = stack.pop()
            if isinstance(node, dict):
                line = node.get("lineno", line)
                for name, child in reversed(node.items()):
                    if name == kind:
                        yield self.body_line + child.get("lineno", line) - 1, child
                    stack.append((line, child))
            elif isinstance(node, list):
                stack.extend((line, child) for child in reversed(node))


def read(folder: Path) -> list[File]:
    return [File(path) for path in sorted(folder.rglob("*.sql")) if path.name not in _GENERATED]


def without_comments(text: str) -> str:
    """Spaces instead of comments, so that lines and columns stay."""
    blanked = list(text)
    pattern = r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/"
    for match in re.finditer(pattern, text, re.DOTALL):
        if not match[0].startswith("'"):
            blanked[match.start() : match.end()] = re.sub(r"[^\n]", " ", match[0])
    return "".join(blanked)


def parse(sql: str, where: str) -> Any:
    try:
        return pglast.parse_sql(sql)
    except pglast.parser.ParseError as error:
        raise Unreadable(f"{where}: {error}") from None


def constant(expression: str | None) -> str | None:
    """The value of an expression that is a plain string."""
    match = re.fullmatch(r"\s*'((?:[^']|'')*)'\s*", expression or "")
    return match[1].replace("''", "'") if match else None


def statement_of(expression: dict[str, Any]) -> str:
    """PL/pgSQL keeps statements, expressions and assignments; all can be read as statements."""
    query: str = expression["query"]
    if expression["parseMode"] == PARSE_AS_STATEMENT:
        return query
    if expression["parseMode"] == PARSE_AS_EXPRESSION:
        return f"SELECT {query}"
    return f"SELECT {query.partition('=')[2]}"


def parsable(function: Function) -> str:
    """The function with types that pglast can look up: it knows no schema but public."""
    names = "|".join(sorted(OURS))
    types = rf'\b(?:{names})\.("?\w+"?)'

    def known(text: str) -> str:
        text = re.sub(rf"{types}\s*\[\s*\d*\]", "text[]", text)
        text = re.sub(rf"{types}%ROWTYPE", "record", text, flags=re.IGNORECASE)
        return re.sub(types, r"public.\1", text)

    returns = function.statement.returnType
    parameters = [
        RawStream()(
            ast.FunctionParameter(
                name=each.name, argType=each.argType, mode=each.mode, defexpr=each.defexpr
            )
        )
        for each in function.parameters
        if each.mode != enums.FunctionParameterMode.FUNC_PARAM_TABLE
    ]
    header = f"CREATE FUNCTION f({', '.join(parameters)})"
    if returns:
        header += f" RETURNS {RawStream()(returns)}"
    body = re.sub(
        r"\bDECLARE\b.*?\bBEGIN\b",
        lambda declarations: known(declarations[0]),
        function.body,
        flags=re.DOTALL | re.IGNORECASE,
    )
    return f"{known(header)} LANGUAGE plpgsql AS $function${body}$function$"


class Names(Visitor):
    """Which tables and functions a query names without their schema, and which rows it locks."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[str] = []
        self.functions: list[str] = []
        self.with_names: set[str] = set()

    def visit_CommonTableExpr(self, _: Any, node: ast.CommonTableExpr) -> None:
        self.with_names.add(node.ctename)

    def visit_RangeVar(self, _: Any, node: ast.RangeVar) -> None:
        if not node.schemaname:
            self.tables.append(node.relname)

    def visit_FuncCall(self, _: Any, node: ast.FuncCall) -> None:
        if len(node.funcname) == 1:
            self.functions.append(node.funcname[0].sval)


def unqualified(tree: Any) -> tuple[set[str], set[str]]:
    """The tables and functions that a query names without a schema."""
    names = Names()
    names(tree)
    return set(names.tables) - names.with_names, set(names.functions)
