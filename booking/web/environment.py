"""The Jinja environment: strict, escaping, with our filters, addresses, words and parts.

Templates reach every macro of `templates/macros/*.html` as `ui.<macro>`: an `import` at the top of
a page would be lost when only one of its blocks is rendered.
"""

from pathlib import Path
from secrets import token_urlsafe

from fastapi import FastAPI
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from booking.kernel.clock import Clock
from booking.web.addresses import Addresses
from booking.web.assets import Assets
from booking.web.filters import dated_filters, plain_filters
from booking.web.i18n import gettext, language, ngettext

MACROS = "macros"


class Parts:
    """Every macro by its name, from whichever file of `macros/` holds it."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._homes: dict[str, str] = {}

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        if name not in self._homes:
            self._find_homes()
        if name not in self._homes:
            raise AttributeError(f"no macro {name!r} in templates/{MACROS}")
        macro: object = getattr(self._environment.get_template(self._homes[name]).module, name)
        if not self._environment.auto_reload:
            self.__dict__[name] = macro
        return macro

    def _find_homes(self) -> None:
        for template in self._environment.list_templates(extensions=["html"]):
            if template.startswith(f"{MACROS}/"):
                for name in vars(self._environment.get_template(template).module):
                    if not name.startswith("_"):
                        self._homes.setdefault(name, template)


def make_environment(
    directory: Path, *, app: FastAPI, assets: Assets, clock: Clock, development: bool = False
) -> Environment:
    """An environment whose templates may use nothing but what is named here and given to them."""
    environment = Environment(
        loader=FileSystemLoader(directory),
        autoescape=select_autoescape(("html", "svg", "xml")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=development,
        cache_size=-1,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # added by the extension
        gettext, ngettext, newstyle=True
    )
    environment.filters.update(plain_filters())
    environment.filters.update(dated_filters(clock))
    addresses = Addresses(app)

    def notice() -> str:
        told: str = app.state.notice()
        return told

    def once() -> str:
        """The key of one form on one page; it says what it is for and guards nothing."""
        return token_urlsafe(12)

    environment.globals.update(
        url=addresses.url,
        has_route=addresses.has,
        serves=addresses.serves,
        static=assets.url,
        language=language,
        now=clock.now,
        once=once,
        notice=notice,
        ui=Parts(environment),
    )
    return environment
