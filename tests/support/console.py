"""```console blocks of Markdown files, run as one shell session and compared with what they say.

`$ command` lines are run, `> ` lines continue them, the rest is their output. Ids, times and tokens
differ from run to run and are compared by shape only. With UPDATE=1 in the environment the file is
rewritten with what came out.
"""

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

_BLOCK = re.compile(r"(?<=```console\n).*?(?=```)", re.DOTALL)
_VARYING = (
    (re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+"), "<token>"),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "<uuid>"),
    (re.compile(r"\d{4}-\d\d-\d\d[T ][\d:.]+(Z|\+\d\d(:\d\d)?)"), "<time>"),
    (re.compile(r"\b[0-9a-f]{32,64}\b"), "<hex>"),
    (re.compile(r'(?<="next_cursor": ")[\w-]+'), "<cursor>"),
)
_END = "--- end of output ---"


def shape(text: str) -> str:
    """The text with what differs from run to run taken out."""
    for pattern, name in _VARYING:
        text = pattern.sub(name, text)
    return text


def check(file: Path, environ: Mapping[str, str], *, cwd: Path, port: int = 8080) -> None:
    """Run all blocks of a file, with another port in the place of 8080.

    Raises:
        AssertionError: some command's output is not what the file says.
    """
    text = file.read_text()
    commands = [
        command.replace("\n> ", "\n")
        for block in _BLOCK.findall(text)
        for command in re.findall(r"^\$ (.*(?:\n> .*)*)", block, re.MULTILINE)
    ]
    assert commands, f"{file} has no commands"
    script = "".join(f"{command}\necho '{_END}'\n" for command in commands)
    done = subprocess.run(
        ["bash", "-c", f"exec 2>&1\n{script.replace(':8080', f':{port}')}"],
        env=os.environ | dict(environ), cwd=cwd, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    outputs = iter(done.stdout.replace(f":{port}", ":8080").split(f"{_END}\n"))

    def played(block: re.Match[str]) -> str:
        return re.sub(
            r"^(\$ .*(?:\n> .*)*\n)((?:(?!\$ ).*\n)*)",
            lambda m: m[1] + next(outputs),
            block[0],
            flags=re.MULTILINE,
        )

    found = _BLOCK.sub(played, text)
    if os.environ.get("UPDATE"):
        file.write_text(found)
    assert shape(found) == shape(text)
