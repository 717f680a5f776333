"""The conventions that no linter sees, as rules over the SQL files.

A rule yields a line for each place that breaks it: file, line and what is wrong. Its docstring says
what it wants.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pglast import ast, enums
from pglast.visitors import Visitor

from tests.support.sqltree import File, Function, Raise, parse, read, unqualified

Rule = Callable[["Tree"], Iterator[str]]
RULES: list[Rule] = []

HEADER = ["language", "volatility", "parallel", "security", "rows", "set", "as"]
SEARCH_PATH = "pg_catalog, pg_temp"
LOCK_TIMEOUT = "5s"
MAX_COLUMNS = 100
# By the folder below functions/ and how deep a file is. A helper is in the folder of its topic.
SCHEMA_OF_FOLDER = {("api", 1): "wallet", ("private", 2): "wallet_private"}
LABELS = ["Returns:", "Locks:", "Raises:"]
LOCKS = r"\bFOR\s+(?:NO\s+KEY\s+UPDATE|UPDATE|KEY\s+SHARE|SHARE)\b|\b\w*advisory\w*"
ARGUMENTS = {"throws_ok": 4, "has_pk": 3, "hasnt_pk": 3}


@dataclass(frozen=True)
class Tree:
    """The SQL files of the product and of its tests."""

    db: Path
    tests: Path

    @cached_property
    def db_files(self) -> list[File]:
        proxy = self.db / "proxy"
        return [file for file in read(self.db) if proxy not in file.path.parents]

    @cached_property
    def proxy_files(self) -> list[File]:
        """Of another database: the proxy of a cluster, whose functions have the same names."""
        return read(self.db / "proxy")

    @cached_property
    def test_files(self) -> list[File]:
        return read(self.tests)

    @cached_property
    def function_files(self) -> list[File]:
        return [file for file in self.db_files if self.db / "functions" in file.path.parents]

    @cached_property
    def functions(self) -> list[Function]:
        """Those of functions/, each in a file of its own."""
        return [function for file in self.function_files for function in file.functions]

    @cached_property
    def api(self) -> list[Function]:
        return [function for function in self.functions if function.schema == "wallet"]

    @cached_property
    def all_functions(self) -> list[Function]:
        """Those of functions/ and those that a schema file makes."""
        return [function for file in self.db_files for function in file.functions]

    @cached_property
    def raises(self) -> list[tuple[Function, Raise]]:
        # What a proxy tells again has no code in its text.
        proxy = [function for file in self.proxy_files for function in file.functions]
        again = [(each, it) for each in proxy for it in each.raises if it.code]
        return [(each, it) for each in self.all_functions for it in each.raises] + again

    @cached_property
    def raised_codes(self) -> set[str]:
        """The wallet's own."""
        codes = {each.code or "" for _, each in self.raises}
        return {code for code in codes if code.startswith("WA")}

    def reachable(self, function: Function) -> list[Function]:
        """A function and all that it calls, each where it is first called."""
        by_name = {f"{each.schema}.{each.name}": each for each in self.all_functions}
        waiting, found = [f"{function.schema}.{function.name}"], list[Function]()
        while waiting:
            each = by_name.pop(waiting.pop(), None)
            if each:
                found.append(each)
                waiting.extend(reversed(each.calls))
        return found

    def reachable_codes(self, function: Function) -> set[str]:
        """The codes that a function and all that it calls can raise."""
        found = self.reachable(function)
        return {each.code for called in found for each in called.raises if each.code}


def rule(check: Rule) -> Rule:
    RULES.append(check)
    return check


@rule
def text_is_plain(tree: Tree) -> Iterator[str]:
    """ASCII, LF, at most 100 columns, no tabs or trailing spaces, a newline at the end."""
    for file in tree.db_files + tree.proxy_files + tree.test_files:
        for number, line in enumerate(file.text.split("\n"), 1):
            if not line.isascii():
                yield f"{file.at(number)}: not ASCII"
            if len(line) > MAX_COLUMNS:
                yield f"{file.at(number)}: {len(line)} columns"
            if "\t" in line or line != line.rstrip():
                yield f"{file.at(number)}: a tab, a CR or trailing space"
        if not file.text.endswith("\n") or file.text.endswith("\n\n"):
            yield f"{file.at(file.text.count(chr(10)) + 1)}: not exactly one newline at the end"


@rule
def one_function_a_file(tree: Tree) -> Iterator[str]:
    """A file of db/functions makes one function, comments on it, and does nothing else."""
    for file in tree.function_files:
        if len(file.functions) != 1:
            yield f"{file.at(1)}: {len(file.functions)} functions"
        for each in file.statements:
            if not isinstance(each.stmt, ast.CreateFunctionStmt | ast.CommentStmt):
                yield f"{file.at(file.line_of(each.stmt_location))}: {type(each.stmt).__name__}"


@rule
def file_is_named_after_its_function(tree: Tree) -> Iterator[str]:
    """api/spend.sql holds wallet.spend, private/movement/post.sql wallet_private.post."""
    for function in tree.functions:
        path = function.file.path
        folders = path.parent.relative_to(tree.db / "functions").parts
        schema = SCHEMA_OF_FOLDER.get((folders[0], len(folders))) if folders else None
        if (function.schema, function.name) != (schema, path.stem):
            yield f"{function.at()}: holds {function.schema}.{function.name}"


@rule
def functions_are_made_once(tree: Tree) -> Iterator[str]:
    """No two files make the same function: the one that runs last would win."""
    places: dict[tuple[str, str], str] = {}
    for function in tree.functions:
        first = places.setdefault((function.schema, function.name), function.at())
        if first != function.at():
            yield f"{function.at()}: {function.name} is also made by {first}"


@rule
def functions_are_replaced(tree: Tree) -> Iterator[str]:
    """The files of db/functions run again and again: CREATE OR REPLACE."""
    for function in tree.functions:
        if not function.statement.replace:
            yield f"{function.at()}: no OR REPLACE"


@rule
def every_clause_is_written(tree: Tree) -> Iterator[str]:
    """LANGUAGE, volatility, PARALLEL, SECURITY, SET, AS: all written, in this order."""
    for function in tree.all_functions:
        written = [clause for clause in HEADER if clause in function.clauses]
        for clause in ("language", "volatility", "parallel", "security"):
            if clause not in written:
                yield f"{function.at()}: {clause} is not written"
        if list(dict.fromkeys(function.clauses)) != written:
            yield f"{function.at()}: the clauses are in the order {', '.join(function.clauses)}"


@rule
def api_runs_as_its_owner(tree: Tree) -> Iterator[str]:
    """API functions are SECURITY DEFINER, helpers SECURITY INVOKER, unless a cluster calls them."""
    for function in tree.functions:
        is_api = function.schema == "wallet"
        if not is_api and function.file.path.parent.name == "cluster":
            continue
        if "security" in function.clauses and function.clause("security") != is_api:
            yield f"{function.at()}: SECURITY {'INVOKER' if is_api else 'DEFINER'}"


@rule
def api_has_its_settings(tree: Tree) -> Iterator[str]:
    """API functions SET search_path = pg_catalog, pg_temp; writers also lock_timeout = '5s'."""
    for function in tree.api:
        path = function.settings.get("search_path")
        timeout = function.settings.get("lock_timeout")
        is_writer = function.clause("volatility") == "volatile"
        if path != SEARCH_PATH:
            yield f"{function.at()}: search_path is {path}"
        if timeout != (LOCK_TIMEOUT if is_writer else None):
            yield f"{function.at()}: {function.clause('volatility')}, lock_timeout is {timeout}"


@rule
def api_is_never_strict(tree: Tree) -> Iterator[str]:
    """A STRICT function would answer a missing argument with NULL instead of an error."""
    for function in tree.api:
        if function.clause("strict"):
            yield f"{function.at()}: STRICT"


@rule
def api_returns_named_types(tree: Tree) -> Iterator[str]:
    """No RETURNS TABLE, OUT or INOUT: their columns are variables too, and collide."""
    inputs = {
        enums.FunctionParameterMode.FUNC_PARAM_IN,
        enums.FunctionParameterMode.FUNC_PARAM_VARIADIC,
        enums.FunctionParameterMode.FUNC_PARAM_DEFAULT,
    }
    for function in tree.api:
        for parameter in function.parameters:
            if parameter.mode not in inputs:
                yield f"{function.at()}: {parameter.name} is an output"


@rule
def parameters_begin_with_p(tree: Tree) -> Iterator[str]:
    """Parameters are named p_ and the field's name; a helper's outputs are named as columns."""
    outputs = {
        enums.FunctionParameterMode.FUNC_PARAM_OUT,
        enums.FunctionParameterMode.FUNC_PARAM_TABLE,
    }
    for function in tree.all_functions:
        for parameter in function.parameters:
            if parameter.mode not in outputs and not (parameter.name or "").startswith("p_"):
                yield f"{function.at()}: parameter {parameter.name}"


@rule
def locals_begin_with_v(tree: Tree) -> Iterator[str]:
    """What a body declares is named v_, so no column can be meant."""
    for function in tree.all_functions:
        for line, name in function.variables:
            if not name.startswith("v_"):
                yield f"{function.at(line)}: variable {name}"


@rule
def names_are_qualified(tree: Tree) -> Iterator[str]:
    """Tables and our own functions are named with their schema, whatever the search_path."""
    ours = {function.name for function in tree.all_functions}
    for function in tree.all_functions:
        for query in function.queries:
            tables, functions = unqualified(query.tree)
            for name in sorted(tables | (functions & ours)):
                yield f"{function.at(query.line)}: {name} without its schema"


@rule
def locks_are_taken_by_writes(tree: Tree) -> Iterator[str]:
    """No FOR UPDATE or FOR SHARE, no advisory locks, not in dynamic SQL either.

    But for the turn of who changes a whole cluster: it lasts longer than a transaction.
    """
    for file in tree.function_files:
        if file.path.name.endswith("_turn.sql"):
            continue
        for match in re.finditer(LOCKS, file.code, re.IGNORECASE):
            yield f"{file.at(file.line_of(match.start()))}: {' '.join(match[0].split())}"


@rule
def api_is_documented(tree: Tree) -> Iterator[str]:
    """COMMENT ON FUNCTION: a sentence, then lines that begin with Returns:, Locks:, Raises:."""
    for function in tree.api:
        if function.comment is None:
            yield f"{function.at()}: no COMMENT ON FUNCTION"
            continue
        labels = re.findall(r"^(\w+:) ", function.comment, re.MULTILINE)
        if [label for label in labels if label in LABELS] != LABELS:
            yield f"{function.at()}: its comment has {', '.join(labels) or 'no labels'}"
        if function.comment.startswith("Returns:"):
            yield f"{function.at()}: its comment does not begin with a sentence"


@rule
def documented_codes_can_be_raised(tree: Tree) -> Iterator[str]:
    """Each code after Raises: is raised by the function or by something that it calls."""
    for function in tree.api:
        for code in sorted(function.documented_codes - tree.reachable_codes(function)):
            yield f"{function.at()}: nothing that {function.name} calls raises {code}"


@rule
def raised_codes_are_documented(tree: Tree) -> Iterator[str]:
    """Each code that an API function raises itself stands after Raises:."""
    for function in tree.api:
        for each in function.raises:
            if each.code and each.code not in function.documented_codes:
                yield f"{function.at(each.line)}: {each.code} is not in the comment"


@rule
def errors_are_complete(tree: Tree) -> Iterator[str]:
    """RAISE EXCEPTION has a WA code of three digits, or 40001, after which clients call again; a
    constant lower-case message; a DETAIL.
    """
    for function, each in tree.raises:
        if not re.fullmatch(r"WA\d{3}|40001", each.code or ""):
            yield f"{function.at(each.line)}: ERRCODE is {each.options.get('ERRCODE')}"
        if not each.message or each.message != each.message.lower():
            yield f"{function.at(each.line)}: the message is not constant and lower case"
        if "DETAIL" not in each.options:
            yield f"{function.at(each.line)}: no DETAIL"


@rule
def one_message_a_code(tree: Tree) -> Iterator[str]:
    """A code has one message wherever it is raised, and a message one code."""
    messages, codes = defaultdict(set), defaultdict(set)
    for _, each in tree.raises:
        messages[each.code].add(each.message)
        codes[each.message].add(each.code)
    for function, each in tree.raises:
        if len(messages[each.code]) > 1 or len(codes[each.message]) > 1:
            yield f"{function.at(each.line)}: {each.code} with the message {each.message!r}"


@rule
def pgtap_files_leave_nothing(tree: Tree) -> Iterator[str]:
    """A pgTAP file is BEGIN; SELECT plan(n); ...; SELECT * FROM finish(); ROLLBACK;."""
    for file in tree.test_files:
        if file.path.name.startswith("_"):
            continue
        sql = " ".join(without_psql(file.code).split())
        if not sql.startswith("BEGIN; ") or not re.search(r"\bplan\(", sql):
            yield f"{file.at(1)}: does not begin with BEGIN; and a plan"
        if not re.search(r"SELECT \* FROM (tap\.)?finish\(\); ROLLBACK;$", sql):
            yield f"{file.at(1)}: does not end with SELECT * FROM finish(); ROLLBACK;"
        for match in re.finditer(r"^\s*COMMIT\b", file.code, re.MULTILINE | re.IGNORECASE):
            yield f"{file.at(file.line_of(match.start()))}: COMMIT"


@rule
def pgtap_assertions_are_exact(tree: Tree) -> Iterator[str]:
    """throws_ok(sql, code, message, description) and has_pk(schema, table, description) in full."""
    for file in tree.test_files:
        sql = without_psql(file.code)
        for name, position, count in calls_of(parse(sql, file.at(1))):
            if count < ARGUMENTS.get(name, 0):
                yield f"{file.at(file.line_of(position))}: {name} with {count} arguments"


@rule
def every_documented_code_is_tested(tree: Tree) -> Iterator[str]:
    """tests/sql/api/<function>/ asserts each code in the function's Raises:, invariants apart."""
    for function in tree.api:
        folder = tree.tests / "api" / function.name
        texts = [file.text for file in tree.test_files if folder in file.path.parents]
        if not texts:
            yield f"{function.at()}: {folder.name}/ has no tests"
            continue
        for code in sorted(function.documented_codes):
            if not code.startswith("WA9") and not any(code in text for text in texts):
                yield f"{function.at()}: no test of {function.name} asserts {code}"


def without_psql(text: str) -> str:
    """The SQL of a psql script, at the same places: no meta-commands, variables as constants."""
    text = re.sub(r"^\\[^\n]*", lambda match: " " * len(match[0]), text, flags=re.MULTILINE)
    text = re.sub(r"\\g\w*[^\n]*", lambda match: ";".ljust(len(match[0])), text)
    return re.sub(r"(?<![:\w]):(?=['\"]?[a-z_])", " ", text)


def calls_of(tree: object) -> Iterator[tuple[str, int, int]]:
    """The name, position and number of arguments of each function call."""
    found: list[tuple[str, int, int]] = []

    class Calls(Visitor):
        def visit_FuncCall(self, _: object, node: ast.FuncCall) -> None:
            found.append((node.funcname[-1].sval, node.location, len(node.args or ())))

    Calls()(tree)
    yield from found
