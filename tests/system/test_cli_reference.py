"""docs/cli.md has the help of every command, as it is; UPDATE=1 writes it anew."""

import os
import re
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from pgwallet.cli import main
from pgwallet.cli.shared import EXIT_CODES
from tests.support.paths import ROOT

DOCUMENT = ROOT / "docs" / "cli.md"
HEADING = "## Commands\n"
CONTEXT = click.Context(main)
COMMANDS = {name: main.get_command(CONTEXT, name) for name in main.list_commands(CONTEXT)}


def help_of(name: str) -> str:
    result = CliRunner().invoke(main, [name, "--help"], prog_name="pgwallet", terminal_width=100)
    assert result.exit_code == 0
    return result.stdout


def reference() -> str:
    blocks = []
    for title, names in main.sections.items():
        blocks.append(f"### {title}\n")
        for name in names:
            blocks.append(f"#### pgwallet {name}\n\n```text\n{help_of(name)}```\n")
    return "\n".join(blocks)


def test_the_reference_is_what_help_says() -> None:
    text = DOCUMENT.read_text()
    wanted = f"{text.partition(HEADING)[0]}{HEADING}\n{reference()}"
    if os.environ.get("UPDATE"):
        DOCUMENT.write_text(wanted)
    else:
        assert text == wanted


def test_each_command_has_its_section() -> None:
    parts = {"__init__", "bulk", "month", "secret", "shared", "sheets"}
    files = {path.stem for path in (ROOT / "pgwallet" / "cli").glob("*.py")} - parts
    assert sorted(COMMANDS) == sorted(name.replace("_", "-") for name in files)
    shown = CliRunner().invoke(main, ["--help"]).stdout
    assert all(re.search(rf"^  {name}  +\S", shown, re.MULTILINE) for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_has_examples_that_the_command_line_takes(name: str) -> None:
    examples = help_of(name).partition("Examples:\n")[2].partition("\nOptions:")[0]
    lines = re.findall(r"\bpgwallet ([^;>\n]+)", examples)
    assert lines
    for line in lines:
        words = line.split()
        assert words[0] in COMMANDS
        if name != "psql":  # it passes on what it is given
            options = {
                option
                for parameter in COMMANDS[words[0]].params
                for option in (*parameter.opts, *parameter.secondary_opts)
            }
            assert {word for word in words if word.startswith("--")} <= options


@pytest.mark.parametrize("name", COMMANDS)
def test_options_say_what_they_do(name: str) -> None:
    for parameter in COMMANDS[name].params:
        if isinstance(parameter, click.Option) and not parameter.hidden:
            assert parameter.help, parameter.name


def test_exit_codes_are_the_same_everywhere() -> None:
    codes = re.findall(r"^ +(\d+) ", EXIT_CODES, re.MULTILINE)
    assert codes == ["0", "1", "2", "3", "130"]
    text = " ".join(DOCUMENT.read_text().split())
    said = re.search(r"Exit codes: (.*?)\. ", text)[1]
    assert [part.split()[0] for part in said.split("; ")] == [*codes, "143", "129"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(shell: str) -> None:
    assert f"_PGWALLET_COMPLETE={shell}_source pgwallet" in DOCUMENT.read_text()
    runner = CliRunner(env={"_PGWALLET_COMPLETE": f"{shell}_source"})
    source = runner.invoke(main, prog_name="pgwallet")
    assert "_PGWALLET_COMPLETE" in source.output
    words = {"COMP_WORDS": "pgwallet gra", "COMP_CWORD": "1" if shell != "fish" else "gra"}
    runner = CliRunner(env={"_PGWALLET_COMPLETE": f"{shell}_complete", **words})
    assert "grant" in runner.invoke(main, prog_name="pgwallet").output


def test_a_wrong_command_line_is_2_and_a_failure_is_1() -> None:
    for arguments, status in ((["nonsense"], 2), (["verify"], 1), (["version"], 0)):
        done = subprocess.run(
            [sys.executable, "-m", "pgwallet", *arguments],
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": "postgresql://127.0.0.1:1/wallet"},
            capture_output=True,
            text=True,
        )
        assert done.returncode == status, done.stderr
        assert "Traceback" not in done.stderr
