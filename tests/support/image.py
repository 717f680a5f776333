"""Walks a Dockerfile where there is no engine, and runs what comes out.

Each stage is an overlay on the files of this machine, or of a Debian that debootstrap made: the RUN
steps see the paths that the Dockerfile names, and nothing outside of the overlay changes. Needs
root and the right to mount.

    python -m tests.support.image [--target STAGE] [--base FOLDER] [COMMAND...]

walks to a stage and runs its CMD, or another command, as its user and without a network.
"""

import argparse
import fnmatch
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from string import Template

from tests.support.paths import CACHE, ROOT
from tests.support.thirdparty import Unavailable

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# How this machine reaches its package registries; an engine is told by --build-arg.
PASSED_ON = re.compile(r"PIP_.*|.*_proxy|.*_PROXY|SSL_CERT_.*|REQUESTS_CA_BUNDLE")


class WalkError(Exception):
    """A step failed; the message is what it said."""


@dataclass(frozen=True)
class Instruction:
    name: str
    flags: Mapping[str, str]
    value: str

    @property
    def words(self) -> list[str]:
        """Of the exec form, or of a line."""
        return json.loads(self.value) if self.value.startswith("[") else shlex.split(self.value)


@dataclass(frozen=True)
class Stage:
    base: str
    name: str
    instructions: tuple[Instruction, ...]


def parse(text: str) -> list[Stage]:
    """The stages. Raises ValueError for what walk() could not do."""
    lines = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    arguments: dict[str, str] = {}
    stages: list[Stage] = []
    for line in filter(None, lines.replace("\\\n", " ").splitlines()):
        name, _, rest = line.strip().partition(" ")
        flags = {}
        while match := re.match(r"\s*--([a-z-]+)=(\S+)\s+", rest):
            flags[match[1]] = match[2]
            rest = rest[match.end() :]
        each = Instruction(name.upper(), flags, rest.strip())
        if each.name == "FROM":
            base, *alias = each.value.split()
            name = alias[1] if alias else str(len(stages))
            stages.append(Stage(Template(base).substitute(arguments), name, ()))
        elif stages:
            stages[-1] = replace(stages[-1], instructions=(*stages[-1].instructions, each))
        elif each.name == "ARG":
            argument, _, default = each.value.partition("=")
            arguments[argument] = default
        else:
            raise ValueError(f"{each.name} before FROM")
    return stages


@dataclass
class Image:
    """A stage that was walked to: its layers, the newest first, and how to run it."""

    layers: list[Path]
    environ: dict[str, str] = field(default_factory=lambda: {"PATH": PATH})
    workdir: str = "/"
    user: str = "0"
    command: list[str] = field(default_factory=list)
    health_check: list[str] = field(default_factory=list)

    def find(self, path: str) -> Path:
        """A file or folder of the newest layer."""
        return self.layers[0] / path.lstrip("/")

    def start(
        self,
        command: list[str],
        *,
        is_read_only: bool = True,
        network: bool = True,
        environ: Mapping[str, str] = {},
        binds: Mapping[Path, str] = {},
        tmpfs: str | None = None,
        **options: object,
    ) -> subprocess.Popen[str]:
        """Run a command in it, in mounts of its own that end with it."""
        root = self.layers[0].parent / "root"
        root.mkdir(exist_ok=True)
        lower = ":".join(map(str, self.layers[1:]))
        upper, work = self.layers[0], self.layers[0].parent / "work"
        work.mkdir(exist_ok=True)
        mounts = [
            f"mount -t overlay overlay -o lowerdir={lower},upperdir={upper},workdir={work} {root}",
            *(f"mount --bind {path} {root}{place}" for path, place in binds.items()),
            *([f"mount -o remount,ro {root}"] if is_read_only else []),
            f"mount --rbind /proc {root}/proc",
            f"mount --rbind /dev {root}/dev",
            f"mount --rbind /sys {root}/sys",
            *([f"mount -t tmpfs -o mode=1777 tmpfs {root}{tmpfs}"] if tmpfs else []),
            *([] if network else ["ip link set lo up 2>/dev/null || true"]),
        ]
        variables = [f"{name}={value}" for name, value in (self.environ | dict(environ)).items()]
        inside = [
            "chroot", f"--userspec={self.user}:{self.user}", "--groups=", str(root),
            "env", "-i", *variables, "sh", "-c", f'cd {self.workdir} && exec "$@"', "sh", *command,
        ]  # fmt: skip
        script = " && ".join([*mounts, f"exec {shlex.join(inside)}"])
        isolate = ["unshare", "--mount", *([] if network else ["--net"])]
        return subprocess.Popen([*isolate, "sh", "-c", script], text=True, **options)

    def run(self, command: list[str], **options: object) -> str:
        """What a command prints. Raises WalkError."""
        process = self.start(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
        said, _ = process.communicate(timeout=1800)
        if process.returncode:
            raise WalkError(f"{shlex.join(command)} ended with {process.returncode}:\n{said}")
        return said


class Walk:
    """The stages of a Dockerfile, each walked when it is first asked for."""

    def __init__(self, context: Path, folder: Path, base: Path = Path("/")) -> None:
        self.context = context
        self.folder = folder
        self.base = base
        self.stages = parse((context / "Dockerfile").read_text())
        self._images: dict[str, Image] = {}
        ignored = (context / ".dockerignore").read_text().splitlines()
        self._ignored = [line.removeprefix("**/").rstrip("/") for line in ignored if line]

    def image(self, name: str | None = None) -> Image:
        """A stage by its name; the last one without."""
        stage = next((s for s in self.stages if s.name == name), self.stages[-1])
        if stage.name not in self._images:
            self._images[stage.name] = self._walk(stage)
        return self._images[stage.name]

    def _walk(self, stage: Stage) -> Image:
        layer = self.folder / stage.name / "layer"
        layer.mkdir(parents=True)
        if any(stage.base == other.name for other in self.stages):
            below = self.image(stage.base)
            image = replace(below, layers=[layer, *below.layers], environ=dict(below.environ))
        else:
            image = Image([layer, self._python(), self.base])
        for step in stage.instructions:
            self._do(step, image)
        return image

    def _python(self) -> Path:
        """The layer that puts python and pip on the PATH of the base, as in the image of Python."""
        layer = self.folder / "python"
        if layer.exists():
            return layer
        python = Path("/usr/bin/python3" if self.base != Path("/") else sys._base_executable)
        bin_dir = layer / "usr/local/bin"
        bin_dir.mkdir(parents=True)
        # No links: a virtualenv that is made through one does not find the library.
        for name, module in {"python": "", "python3": "", "pip": " -m pip"}.items():
            (bin_dir / name).write_text(f'#!/bin/sh\nexec {python}{module} "$@"\n')
            (bin_dir / name).chmod(0o755)
        for folder in python.resolve().parents:
            if not folder.stat().st_mode & 0o001:  # as /root: no other user could run it
                place = layer / str(folder).lstrip("/")
                place.mkdir(parents=True, exist_ok=True)
                place.chmod(folder.stat().st_mode | 0o011)
        return layer

    def _do(self, step: Instruction, image: Image) -> None:
        value = step.value
        match step.name:
            case "RUN":
                self._run(step, image)
            case "COPY":
                self._copy(step, image)
            case "ENV":
                for word in step.words:
                    name, _, text = word.partition("=")
                    image.environ[name] = Template(text).safe_substitute(image.environ)
            case "WORKDIR":
                image.workdir = str(Path(image.workdir, value))
                image.find(image.workdir).mkdir(parents=True, exist_ok=True)
            case "USER":
                image.user = value
            case "CMD":
                image.command = step.words
            case "HEALTHCHECK":
                image.health_check = replace(step, value=value.removeprefix("CMD ")).words
            case "EXPOSE":
                pass
            case _:
                raise ValueError(f"{step.name} is not known here")

    def _run(self, step: Instruction, image: Image) -> None:
        binds = {}
        if mount := step.flags.get("mount"):
            options = dict(part.split("=", 1) for part in mount.split(","))
            if options.pop("type") != "cache":
                raise ValueError(f"--mount={mount} is not known here")
            cache = CACHE / "image" / options["target"].strip("/").replace("/", "-")
            cache.mkdir(parents=True, exist_ok=True)
            os.chown(cache, int(options.get("uid", 0)), int(options.get("uid", 0)))
            image.find(options["target"]).mkdir(parents=True, exist_ok=True)
            binds[cache] = options["target"]
        passed = {name: value for name, value in os.environ.items() if PASSED_ON.fullmatch(name)}
        home = "/root" if image.user == "0" else "/home/pgwallet"
        image.run(
            ["sh", "-c", step.value],
            is_read_only=False,
            environ={
                "HOME": home,
                "DEBIAN_FRONTEND": "noninteractive",
                "PIP_RETRIES": "1",  # without a network there is little to wait for
                **passed,
                **image.environ,
            },
            binds=binds,
        )

    def _copy(self, step: Instruction, image: Image) -> None:
        *sources, target = step.words
        place = Path(image.workdir, target)
        is_folder = len(sources) > 1 or target.endswith("/")
        owner = int(step.flags.get("chown", "0"))
        for source in sources:
            if other := step.flags.get("from"):
                found = self.image(other).find(source)
            else:
                found = self.context / source
            into = image.find(str(place / Path(source).name if is_folder else place))
            if found.is_dir():
                ignore = None if other else self._ignore
                into = image.find(str(place))
                shutil.copytree(found, into, symlinks=True, ignore=ignore, dirs_exist_ok=True)
            else:
                into.parent.mkdir(parents=True, exist_ok=True)
                if into.is_dir():
                    into /= found.name
                shutil.copy2(found, into)
            for path in (into, *into.rglob("*")) if owner else ():
                os.chown(path, owner, owner, follow_symlinks=False)

    def _ignore(self, folder: str, names: list[str]) -> set[str]:
        return {name for name in names for each in self._ignored if fnmatch.fnmatch(name, each)}


@contextmanager
def walk(base: Path | None = None) -> Iterator[Walk]:
    """Walk the Dockerfile of this tree. Raises Unavailable where that can't be done."""
    if os.geteuid() != 0:
        raise Unavailable("only root can walk a Dockerfile")
    if base is None and not shutil.which("apt-get"):
        raise Unavailable("this machine is no Debian, as the image is")
    memory = Path("/dev/shm")  # an overlay can't lie in what it overlays
    has_room = memory.is_dir() and shutil.disk_usage(memory).free > 1e9
    with tempfile.TemporaryDirectory(
        dir=memory if has_room else None, prefix="pgwallet-image-"
    ) as folder:
        Path(folder).chmod(0o755)
        probe = Image([Path(folder, "probe/layer"), base or Path("/")])
        probe.layers[0].mkdir(parents=True)
        try:
            probe.run(["true"])
        except (WalkError, FileNotFoundError) as error:
            raise Unavailable(f"no overlay can be mounted: {error}") from error
        yield Walk(ROOT, Path(folder), base or Path("/"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--target")
    parser.add_argument("--base", type=Path)
    parser.add_argument("command", nargs="*")
    arguments = parser.parse_args()
    with walk(arguments.base) as walked:
        image = walked.image(arguments.target)
        process = image.start(
            arguments.command or image.command, is_read_only=False, network=False, tmpfs="/tmp"
        )
        sys.exit(process.wait())


if __name__ == "__main__":
    main()
