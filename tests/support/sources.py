"""The project's own text, for tests that read it."""

import ast
import gc
import importlib
import pkgutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TypeVar

import booking

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "booking"
TEMPLATES = ROOT / "templates"

T = TypeVar("T")


def modules() -> list[Path]:
    """Every Python file of the house."""
    return sorted(PACKAGE.rglob("*.py"))


def place(path: Path) -> str:
    """Where a file is, as people say it."""
    return path.relative_to(ROOT).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    """Kept; and nothing of it is garbage, for which looking took twice the time of parsing."""
    looking = gc.isenabled()
    gc.disable()
    try:
        return ast.parse(path.read_text("utf-8"))
    finally:
        if looking:
            gc.enable()


@cache
def calls(path: Path) -> tuple[ast.Call, ...]:
    """Every call written in a file."""
    return tuple(node for node in ast.walk(parsed(path)) if isinstance(node, ast.Call))


def called_name(call: ast.Call) -> str:
    """`f(…)` and `x.f(…)` are both calls of `f`."""
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


@cache
def import_everything() -> None:
    """Load the whole house, so that every class knows its subclasses."""
    for found in pkgutil.walk_packages(booking.__path__, "booking."):
        # env.py runs migrations and __main__ commands as soon as they are imported.
        if not found.name.endswith((".env", ".__main__")) and ".versions" not in found.name:
            importlib.import_module(found.name)


def subclasses(of: type[T]) -> Iterator[type[T]]:
    """All of them, however deep, in our own package."""
    for kind in of.__subclasses__():
        if kind.__module__.startswith("booking."):
            yield kind
        yield from subclasses(kind)


def tracked_files() -> list[Path]:
    """What is committed, or would be."""
    told = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    return [path for name in told.stdout.split("\0") if name and (path := ROOT / name).is_file()]
