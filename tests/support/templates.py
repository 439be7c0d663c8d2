"""What every test's application works out anew and finds the same: pages, addresses, routes."""

from fastapi import FastAPI
from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from starlette.routing import BaseRoute

from booking.web.addresses import Addresses


class Compiled(BytecodeCache):
    """Byte code by template, for as long as the worker runs; Jinja itself notices a changed one."""

    def __init__(self) -> None:
        self._codes: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if code := self._codes.get(bucket.key):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()
_read: list[Addresses] = []
_routes: list[BaseRoute] = []


def remember_pages(app: FastAPI) -> FastAPI:
    """Let an application use what an earlier one worked out: most of a short test's time.

    FastAPI reads the signatures of a router's doors when the first request comes by.
    """
    environment: Environment = app.state.templates
    environment.bytecode_cache = COMPILED
    if not _read:
        _read.append(Addresses(app))
    for name, answer in {"url": "url", "has_route": "has", "serves": "serves"}.items():
        environment.globals[name] = getattr(_read[0], answer)
    if not _routes:
        _routes.extend(app.router.routes)
    app.router.routes[:] = _routes
    return app
