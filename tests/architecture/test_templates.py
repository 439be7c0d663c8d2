"""Templates compile, keep script and style out of the markup, and own their fragments."""

import re
from functools import cache
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from jinja2 import Environment, nodes

from booking.app import create_app
from booking.settings import Settings
from tests.support.sources import TEMPLATES

PAGES = sorted(
    path
    for path in TEMPLATES.rglob("*.html")
    if not path.name.startswith("_")
    and path.relative_to(TEMPLATES).parts[0] not in {"macros", "email"}
    and path.name != "base.html"
)
EVERY = sorted(TEMPLATES.rglob("*.html"))


def name(path: Path) -> str:
    return path.relative_to(TEMPLATES).as_posix()


@pytest.fixture(scope="module")
def environment() -> Environment:
    app = create_app(Settings(database_url="sqlite://", secret_key="only-for-tests"))
    made: Environment = app.state.templates
    return made


@cache
def blocks(environment: Environment, path: Path) -> set[str]:
    tree = environment.parse(path.read_text("utf-8"))
    return {block.name for block in tree.find_all(nodes.Block)}


@pytest.mark.parametrize("path", EVERY, ids=name)
def test_it_compiles(environment, path):
    environment.get_template(name(path))


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_page_has_a_title(environment, path):
    assert "title" in blocks(environment, path)


@pytest.mark.parametrize("path", EVERY, ids=name)
def test_markup_holds_no_script_no_style_and_nothing_unescaped(path):
    text = path.read_text("utf-8")
    assert not re.search(r"\|\s*safe\b", text)
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert not re.search(r"<style\b", text)
    for script in re.findall(r"<script\b[^>]*>", text):
        assert " src=" in script


@pytest.mark.parametrize("path", EVERY, ids=name)
def test_what_htmx_replaces_by_name_is_a_block_or_an_element_of_the_templates(environment, path):
    plain = re.sub(r"{[%{#].*?[%}#]}", "", path.read_text("utf-8"), flags=re.S)
    targets = {
        str(tag["hx-target"]).removeprefix("#")
        for tag in BeautifulSoup(plain, "html.parser").select("[hx-target^='#']")
        if len(tag["hx-target"]) > 1
    }
    if not targets:
        return
    known = {block for other in EVERY for block in blocks(environment, other)}
    known |= {
        found
        for other in EVERY
        for found in re.findall(r'\bid="([\w-]+)"', other.read_text("utf-8"))
    }
    assert targets - known == set()
