"""The project's commands, for a machine that has nothing but Python: see `python3 dev.py --help`.

Standard library only. The environment is `.venv`, installed from the hashed locks in `locks/`;
a command first brings it up to date, which takes no time when it is.
"""

import argparse
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON = BIN / "python"
STAMP = VENV / "installed-locks"
UV = "uv==0.13.9"
OLDEST = (3, 11)
NOT_OURS = {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}

LINT = (
    ("ruff check", ("ruff", "check", ".")),
    ("ruff format", ("ruff", "format", "--check", ".")),
    ("mypy", ("mypy",)),
    ("import contracts", ("lint-imports", "--no-logo")),
    ("djlint", ("djlint", "templates", "--lint", "--quiet")),
)
# What --quick leaves out takes long: Chromium, races between processes, what is marked slow, what
# commits (pages, for one), and everything for a second time on PostgreSQL.
QUICK = (
    *("--only-sqlite", "--only-rolled-back", "--hypothesis-profile", "quick"),
    *("-m", "not browser and not race and not slow"),
)
MOST_WORKERS = 4
# What tests drive besides Python's packages, and Debian's package of it.
PROGRAMS = (("chromium", "chromium"), ("soffice", "libreoffice-calc-nogui"))


class Stopped(Exception):
    """What keeps us from going on, and how to mend it, in one line."""


# ── the environment ──────────────────────────────────────────────────────────────────────────────


def ensure_environment(lock: str) -> None:
    """Make `.venv` hold what `locks/<lock>.txt` says; the larger lock serves for the smaller."""
    with only_one_at_a_time():
        if is_installed(lock):
            return
        make_venv()
        say(f"installing locks/{lock}.txt into .venv")
        install("-r", str(lock_file(lock)), "--require-hashes")
        if lock == "dev":
            install("--no-deps", "--no-build-isolation", "--editable", str(ROOT))
        STAMP.write_text(f"{lock} {fingerprint(lock)}\n", "utf-8")


def is_installed(lock: str) -> bool:
    if not (PYTHON.exists() and STAMP.exists()):
        return False
    serving = {f"{name} {fingerprint(name)}" for name in {lock, "dev"}}
    return STAMP.read_text("utf-8").strip() in serving


def lock_file(lock: str) -> Path:
    return ROOT / "locks" / f"{lock}.txt"


def fingerprint(lock: str) -> str:
    """Changes with the lock."""
    return hashlib.sha256(lock_file(lock).read_bytes()).hexdigest()


def make_venv() -> None:
    if sys.version_info < OLDEST:
        raise Stopped(f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed, this is {sys.version}")
    if PYTHON.exists() and run_quietly(PYTHON, "-m", "pip", "--version"):
        return
    if importlib.util.find_spec("ensurepip") is None:
        raise Stopped("Python's venv is missing: apt-get install python3-venv")
    say("making .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)


def install(*what: str) -> None:
    """By uv, which is quick; by pip where uv cannot be had or cannot reach its packages."""
    if not (BIN / "uv").exists():
        run_quietly(PYTHON, "-m", "pip", "install", "--quiet", UV)
    by_uv: tuple[str | Path, ...] = (BIN / "uv", "pip", "install", "--quiet", "--system-certs")
    options = ("--compile-bytecode", "--python", PYTHON)
    if (BIN / "uv").exists() and run_quietly(*by_uv, *options, *what):
        return
    by_pip = [str(PYTHON), "-m", "pip", "install", "--quiet", *what]
    if subprocess.run(by_pip, cwd=ROOT, check=False).returncode:
        raise Stopped("packages could not be installed (see above); is a package index reachable?")


def ensure_programs() -> None:
    """Some tests want a browser or a spreadsheet; on Debian root can have them, others are told."""
    for program, package in PROGRAMS:
        named = f"{program.upper()}_PATH"
        if os.environ.get(named) or shutil.which(program):
            continue
        wanted = ("apt-get", "install", "--yes", "--no-install-recommends", package)
        if os.geteuid() == 0 and shutil.which("apt-get"):
            say(f"installing {package}")
            run_quietly("apt-get", "update")
            run_quietly(*wanted)
        if not shutil.which(program):
            say(f"no {program}, its tests will be skipped: {' '.join(wanted)}, or set {named}")


@contextmanager
def only_one_at_a_time() -> Iterator[None]:
    """Two commands started together must not both build the environment."""
    with (ROOT / ".venv.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


# ── running things ───────────────────────────────────────────────────────────────────────────────


def say(text: str) -> None:
    print(f"dev.py: {text}", flush=True)


def run_quietly(*command: str | Path) -> bool:
    """Whether it worked; what it said does not matter."""
    words = [str(word) for word in command]
    return not subprocess.run(words, cwd=ROOT, capture_output=True, check=False).returncode


def environment() -> dict[str, str]:
    """Ours, with the programs of .venv first; dozens of processes start quickly from byte code."""
    ours = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
    return {**ours, "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}


def become(*words: str) -> int:
    """Run one of the project's own programs to its end; Ctrl-C goes to it, not to us."""
    command = [str(PYTHON), *words]
    os.chdir(ROOT)
    os.execve(command[0], command, environment())  # noqa: S606 - our own interpreter


def holds(command: Sequence[str]) -> bool:
    """Run one of the environment's programs; whether it found everything in order."""
    words = [str(BIN / command[0]), *command[1:]]
    return not subprocess.run(words, cwd=ROOT, env=environment(), check=False).returncode


def failures(steps: Sequence[tuple[str, Sequence[str]]]) -> list[str]:
    """Run every step, say how long each took; the names of those that did not hold."""
    failed = []
    for name, command in steps:
        began = time.monotonic()
        if not (held := holds(command)):
            failed.append(name)
        say(f"{'ok    ' if held else 'FAILED'} {name} ({time.monotonic() - began:.1f} s)")
    return failed


# ── the commands ─────────────────────────────────────────────────────────────────────────────────


def setup(_: argparse.Namespace) -> int:
    """Make or update .venv with everything for development."""
    ensure_environment("dev")
    say(f"ready: {BIN / 'booking'} --help")
    return 0


def demo(told: argparse.Namespace) -> int:
    """Serve a centre full of invented data on this machine."""
    ensure_environment("run")
    return become("-m", "booking", "demo", *told.rest)


def lint(_: argparse.Namespace) -> int:
    """Style, types, import contracts, templates."""
    ensure_environment("dev")
    return 1 if failures(LINT) else 0


def test(told: argparse.Namespace) -> int:
    """Lint, then every test on both databases and in the browser; --quick in a minute or two."""
    ensure_environment("dev")
    if not told.quick:
        ensure_programs()
    failed = failures(LINT)
    workers = str(min(MOST_WORKERS, os.cpu_count() or 1))
    chosen = QUICK if told.quick else ()
    passed = holds(["pytest", "-n", workers, "--dist", "worksteal", *chosen, *told.rest])
    if failed:
        say(f"FAILED: {', '.join(failed)}")
    return 0 if passed and not failed else 1


def bench(told: argparse.Namespace) -> int:
    """Measure, as bench/ describes."""
    ensure_environment("dev")
    return become("-m", "bench", *told.rest)


COMMANDS = (setup, demo, test, lint, bench)


def main() -> int:
    parser = argparse.ArgumentParser(prog="dev.py", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        helped_here = command not in {demo, bench}  # theirs comes from the program itself
        added = commands.add_parser(command.__name__, help=command.__doc__, add_help=helped_here)
        added.set_defaults(command=command)
        if command is test:
            added.add_argument("--quick", action="store_true", help="leave out what takes long")
    told, rest = parser.parse_known_args()
    told.rest = rest
    try:
        return int(told.command(told))
    except Stopped as why:
        print(f"dev.py: {why}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
