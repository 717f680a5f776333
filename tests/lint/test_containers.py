"""The container files, as far as they can be judged without an engine."""

import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
import yaml

from tests.support.image import parse
from tests.support.paths import ROOT

BIN = Path(sys.executable).parent
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def test_hadolint_finds_nothing():
    command = [BIN / "hadolint", "Dockerfile"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_compose_file_is_of_the_schema():
    done = subprocess.run(
        [BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_docker_compose_reads_it():
    """The engine's own reader, also of what a schema can't say: names, merges and profiles."""
    for compose in (["docker", "compose"], ["docker-compose"]):
        with suppress(FileNotFoundError, subprocess.CalledProcessError):
            subprocess.run([*compose, "version"], capture_output=True, check=True)
            break
    else:
        pytest.skip("neither docker's compose plugin nor docker-compose is installed")
    command = [*compose, "--profile", "test", "config", "--quiet"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_services_name_what_is_there():
    stages = {stage.name for stage in parse(DOCKERFILE)}
    for name, service in COMPOSE["services"].items():
        assert set(service.get("depends_on", ())) <= set(COMPOSE["services"]), name
        if isinstance(build := service.get("build"), dict):
            assert build["target"] in stages, name
        for volume in service.get("volumes", ()):
            assert volume.split(":")[0] in COMPOSE["volumes"], name


def test_what_the_stages_copy_is_there_and_sent_to_them():
    for stage in parse(DOCKERFILE):
        for step in stage.instructions:
            if step.name == "COPY" and "from" not in step.flags:
                for source in step.words[:-1]:
                    assert (ROOT / source).exists(), source
                    assert source.rstrip("/") not in ignored(), source


def test_what_git_ignores_is_not_sent():
    """Secrets and data of a wallet that runs here above all."""
    names = (ROOT / ".gitignore").read_text().split()
    assert {name.rstrip("/") for name in names} <= ignored()
    assert ".git" in ignored()


def ignored() -> set[str]:
    return {line.removeprefix("**/") for line in (ROOT / ".dockerignore").read_text().splitlines()}


def test_last_stage_only_takes_what_was_built():
    *_, last = parse(DOCKERFILE)
    steps = {step.name: step for step in last.instructions}
    assert [step.value for step in last.instructions if step.name == "COPY"] == [
        "/opt/pgwallet /opt/pgwallet"
    ]
    assert not re.search(r"\b(pip|apt-get|make)\b", steps["RUN"].value)
    assert steps["USER"].value.isdecimal() and steps["USER"].value != "0"
    assert steps["HEALTHCHECK"] and steps["CMD"].value.startswith("[")


def test_services_can_write_nothing():
    for name in ("migrate", "gateway"):
        service = COMPOSE["services"][name]
        assert service["read_only"] and service["cap_drop"] == ["ALL"]
    assert COMPOSE["services"]["test"]["network_mode"] == "none"
    assert COMPOSE["services"]["test"]["profiles"] == ["test"]


def test_parser_reads_what_docker_reads():
    one, two = parse("""# a comment
ARG BASE=debian
FROM ${BASE} AS first
# hadolint ignore=DL3008
RUN --mount=type=cache,target=/x \\
    a \\
    # between
    && b
FROM first
ENV A=1 \\
    B="two words"
CMD ["x", "y z"]
""")
    assert (one.base, one.name, two.base, two.name) == ("debian", "first", "first", "1")
    [run] = one.instructions
    assert run.flags == {"mount": "type=cache,target=/x"} and run.value.split() == ["a", "&&", "b"]
    assert [step.words for step in two.instructions] == [["A=1", "B=two words"], ["x", "y z"]]
