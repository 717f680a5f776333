"""What docs/reference/ says of the code: `make schema` writes it, tests/docs compares it.

Functions and views are told by their comments, signatures and grants in a migrated database, in the
groups of README's table; errors by gateway.problems; settings by gateway.settings.
"""

import re
from pathlib import Path
from typing import Any

import msgspec

from gateway.problems import CODES
from gateway.settings import Settings
from tests.support.paths import ROOT
from tests.support.servers import Database

REFERENCE = ROOT / "docs" / "reference"
_START = "<!-- From here on written by `make schema`. -->\n"

_FUNCTIONS = """
SELECT json_agg(json_build_object(
    'name', p.proname,
    'arguments', pg_get_function_arguments(p.oid),
    'result', pg_get_function_result(p.oid),
    'fields', (
        SELECT json_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod) ORDER BY a.attnum)
        FROM pg_attribute AS a
        INNER JOIN pg_type AS t ON t.typrelid = a.attrelid
        WHERE t.oid = p.prorettype AND t.typtype = 'c' AND a.attnum > 0 AND NOT a.attisdropped
    ),
    'comment', obj_description(p.oid, 'pg_proc'),
    'callers', (
        SELECT json_agg(g.grantee::regrole::text ORDER BY g.grantee::regrole::text)
        FROM aclexplode(p.proacl) AS g
        WHERE g.grantee <> p.proowner
    )
))
FROM pg_proc AS p
WHERE p.pronamespace = 'wallet'::regnamespace
"""
_VIEWS = """
SELECT json_agg(json_build_object(
    'name', c.relname,
    'columns', (
        SELECT json_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod) ORDER BY a.attnum)
        FROM pg_attribute AS a
        WHERE a.attrelid = c.oid AND a.attnum > 0
    ),
    'comment', obj_description(c.oid, 'pg_class')
) ORDER BY c.relname)
FROM pg_class AS c
WHERE c.relnamespace = 'wallet'::regnamespace AND c.relkind = 'v'
"""


def readme_table(title: str) -> list[tuple[str, str]]:
    """The rows of the table of two columns below a heading of README."""
    section = (ROOT / "README.md").read_text().partition(f"\n## {title}\n")[2]
    _, _, table = section.partition("\n## ")[0].partition("|---|---|\n")
    return re.findall(r"^\| (.*) \| (.*) \|$", table, re.MULTILINE)


def groups() -> dict[str, list[str]]:
    """The functions of README's table, in its order."""
    return {title: re.findall(r"`(\w+)`", names) for title, names in readme_table("Functions")}


def functions(database: Database) -> str:
    found = {row["name"]: row for row in msgspec.json.decode(database.psql(_FUNCTIONS))}
    parts = []
    for title, names in groups().items():
        parts.append(f"## {title.capitalize()}\n")
        parts += [_function(found.pop(name)) for name in names]
    assert not found, f"README's table of functions lacks {', '.join(sorted(found))}"
    parts.append("## Views\n")
    parts += [_view(row) for row in msgspec.json.decode(database.psql(_VIEWS))]
    return "\n".join(parts)


def _function(row: dict[str, Any]) -> str:
    arguments = ",\n".join(f"    {part}" for part in _split(row["arguments"]))
    name = f"wallet.{row['name']}(\n{arguments}\n)" if arguments else f"wallet.{row['name']}()"
    signature = f"```text\n{name} RETURNS {row['result']}\n```\n\n"
    labels = {"Called by": ", ".join(f"`{role}`" for role in row["callers"] or ["wallet_owner"])}
    if row["fields"]:
        labels = {"Fields": _listed(row["fields"])} | labels
    return _entry(row, signature, labels)


def _view(row: dict[str, Any]) -> str:
    return _entry(row, "", {"Columns": _listed(row["columns"])})


def _entry(row: dict[str, Any], signature: str, labels: dict[str, str]) -> str:
    """The comment's sentences, and its labels with those that were found."""
    said, *labelled = re.split(r"\n(?=(?:Returns|Locks|Raises): )", row["comment"])
    told = dict(_flowing(label).split(": ", 1) for label in labelled) | labels
    lines = "".join(f"- {label}: {text}\n" for label, text in told.items())
    return f"### {row['name']}\n\n{signature}{_flowing(said)}\n\n{lines}"


def _listed(fields: list[str]) -> str:
    return ", ".join(f"`{_short(field)}`" for field in fields)


def _short(declaration: str) -> str:
    return re.sub(r"(?<=NULL)::.*", "", declaration).replace(
        "timestamp with time zone", "timestamptz"
    )


def _flowing(text: str) -> str:
    """A comment's lines as one, in which Markdown sees nothing of its own."""
    return re.sub(r"(?<![\w`])(\w+_\w+(?:\.\w+)?|wallet\.\w+)", r"`\1`", " ".join(text.split()))


def _split(arguments: str) -> list[str]:
    parts = re.split(r", (?=p_\w+ )", arguments) if arguments else []
    return [_short(part) for part in parts]


def errors() -> str:
    rows = "".join(f"| {code} | {status} | {title} |\n" for code, (status, title) in CODES.items())
    return f"| code | status | meaning |\n|---|---|---|\n{rows}"


def settings() -> str:
    rows = "".join(
        f"| `{name}` | {f'`{default}`' if default else ''} | {said} |\n"
        for name, default, said in Settings.table()
    )
    return f"| variable | default | what it does |\n|---|---|---|\n{rows}"


def pages(database: Database) -> dict[Path, str]:
    """Each page as it should be: what people wrote, and below it what the code says."""
    told = {
        REFERENCE / "functions.md": functions(database),
        REFERENCE / "errors.md": errors(),
        REFERENCE / "settings.md": settings(),
    }
    return {
        page: f"{page.read_text().partition(_START)[0]}{_START}\n{text}"
        for page, text in told.items()
    }


def write(database: Database) -> None:
    for page, text in pages(database).items():
        page.write_text(text, newline="\n")
