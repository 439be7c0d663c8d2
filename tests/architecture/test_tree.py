"""The tree stays readable, and says nothing of the machine it was written on."""

import re

from tests.support.sources import ROOT, modules, place, tracked_files

LONGEST = 300
# Text of others, kept as it came.
FOREIGN = ("static/vendor/", "tests/vendor/")
# Where packages come from is the business of the machine that installs them.
_ADDRESS = re.compile(
    r"""(index-url|registry|"resolved")["\s:=]+https?://|pypi\.org/simple|registry\.npmjs"""
)
_MACHINE = re.compile(r"(?<![\w./-])/(work|farm|home|root|Users)/[\w.]")


def texts():
    for path in tracked_files():
        if place(path).startswith(FOREIGN) or path.suffix in {".ttf", ".png", ".xlsx", ".ico"}:
            continue
        yield place(path), path.read_text("utf-8", errors="replace")


def test_no_file_of_code_is_too_long_to_read():
    tests = sorted((ROOT / "tests").rglob("*.py"))
    long = {
        place(path): lines
        for path in [*modules(), *tests]
        if "versions" not in path.parts  # a revision spells out its tables, once
        and (lines := len(path.read_text("utf-8").splitlines())) > LONGEST
    }
    assert long == {}


def test_no_addresses_of_package_registries_are_committed():
    assert [name for name, text in texts() if _ADDRESS.search(text)] == []


def test_no_paths_of_one_machine_are_committed():
    assert [name for name, text in texts() if _MACHINE.search(text)] == []


def test_every_module_says_what_lives_in_it():
    silent = [
        place(path)
        for path in modules()
        if not path.read_text("utf-8").lstrip().startswith(('"""', "r'''", 'r"""'))
    ]
    assert silent == []
