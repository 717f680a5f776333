"""Markdown files whose code is run: all blocks of a file in one shell session, in their order.

    ```console   `$ command` lines are run, `> ` lines continue them, the rest is their output
    ```sql       is given to psql, which stops at the first error
    ```python    is run by python, or, if it begins with `# name.py`, written to that file
    ```typescript  begins with `// name.mts` and is written to that file
    ```text      below one of the last two is its output; without it there has to be none
    ```sh        are targets of make, which are only looked up: tests don't run tests
    ```ini       are settings, of which each has to be one and to take the value

Ids, times and tokens differ from run to run and are compared by shape only. With UPDATE=1 in the
environment the file is rewritten with what came out.
"""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gateway.settings import Settings

_BLOCK = re.compile(
    r"^```(?P<kind>\w+)\n(?P<code>.*?)^```\n(?:\n```text\n(?P<output>.*?)^```\n)?", re.M | re.S
)
_COMMAND = re.compile(r"^(\$ .*\n(?:> .*\n)*)((?:(?!\$ ).*\n)*)", re.M)
_VARYING = (
    (re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+"), "<token>"),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "<uuid>"),
    (re.compile(r"\d{4}-\d\d-\d\d[T ][\d:.]+(Z|\+\d\d(:\d\d)?)"), "<time>"),
    (re.compile(r"\b\d{4}-\d\d-\d\d\b"), "<date>"),
    (re.compile(r"\b[0-9a-f]{32,64}\b"), "<hex>"),
    (re.compile(r'(?<="next_cursor": ")[\w-]+'), "<cursor>"),
)
_END = "--- end of output ---"


def shape(text: str) -> str:
    """The text with what differs from run to run taken out."""
    for pattern, name in _VARYING:
        text = pattern.sub(name, text)
    return text


@dataclass
class Step:
    shown: str  # as it stands in the file
    script: str
    output: str


def steps(block: re.Match[str]) -> Iterator[Step]:
    kind, code = block["kind"], block["code"]
    if kind == "console":
        for shown, output in _COMMAND.findall(code):
            yield Step(shown, shown.removeprefix("$ ").replace("\n> ", "\n"), output)
        return
    if kind == "sql":
        script = f"psql -X -q -v ON_ERROR_STOP=1 <<'END'\n{code}END\n"
    elif kind == "python":
        name = re.match(r"# (\w+\.py)\n", code)
        script = f"{f'cat > {name[1]}' if name else 'python -'} <<'END'\n{code}END\n"
    elif kind == "typescript":
        [name] = re.findall(r"\A// (\w+\.mts)\n", code)
        script = f"cat > {name} <<'END'\n{code}END\n"
    elif kind == "sh":
        targets = re.findall(r"^make (\w+)", code, re.M)
        assert len(targets) == code.count("\n"), f"not only make: {code}"
        script = f"make --dry-run {' '.join(targets)} > /dev/null\n"
    elif kind == "ini":
        given = dict(line.split("=", 1) for line in code.splitlines())
        assert given.keys() <= {name for name, _, _ in Settings.table()}, code
        Settings.from_env(given)
        script = ":\n"
    else:
        raise AssertionError(f"nobody runs this block of {kind}: {code}")
    yield Step(f"```{kind}\n{code}```\n", script, block["output"] or "")


def blocks(text: str) -> list[re.Match[str]]:
    return list(_BLOCK.finditer(text))


def play(
    file: Path, environ: Mapping[str, str], *, cwd: Path, ports: Mapping[int, int] | None = None
) -> None:
    """Run a file, with other ports in the place of those that it names.

    Raises:
        AssertionError: some output is not what the file says.
    """
    text = file.read_text()
    run = [step for block in blocks(text) for step in steps(block)]
    assert run, f"{file} has no commands"
    script = "exec 2>&1\ntrap 'kill $(jobs -p) 2> /dev/null' EXIT\n"
    script += "".join(f"{step.script}echo '{_END}'\n" for step in run)
    for port, other in (ports or {}).items():
        script = re.sub(rf"\b{port}\b", str(other), script)
    done = subprocess.run(
        ["bash", "-c", script],
        env=os.environ | dict(environ), cwd=cwd, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    printed = done.stdout
    for port, other in (ports or {}).items():
        printed = re.sub(rf"\b{other}\b", str(port), printed)
    *outputs, rest = re.sub(" +$", "", printed, flags=re.M).split(f"{_END}\n")
    assert len(outputs) == len(run), f"the shell ended early: {rest}"
    found = iter(outputs)

    def played(block: re.Match[str]) -> str:
        if block["kind"] == "console":
            shown = "".join(step.shown + next(found) for step in steps(block))
            return f"```console\n{shown}```\n"
        [step] = steps(block)
        output = next(found).rstrip("\n")
        return step.shown + (f"\n```text\n{output}\n```\n" if output else "")

    text_found = _BLOCK.sub(played, text)
    if os.environ.get("UPDATE") and shape(text_found) != shape(text):
        file.write_text(text_found)
        return
    assert shape(text_found) == shape(text)
