"""Static files under addresses that change with their content, compressed once and kept in memory.

`static/css/*.css` and `static/js/*.js` are each served as one bundle, in the order of their names.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

PREFIX: Final = "/static"
BUNDLES: Final = {"app.css": "css", "app.js": "js"}
# Fonts lie there for documents and tests; pages never ask for them.
SERVED: Final = frozenset({".css", ".js", ".svg", ".png", ".jpg", ".webp", ".ico", ".webmanifest"})
_TEXT: Final = frozenset({".css", ".js", ".svg", ".webmanifest"})


@lru_cache(maxsize=64)
def _squeezed(body: bytes) -> bytes:
    """As small as can be, which takes a while: once for each file of a process."""
    return gzip.compress(body, 9, mtime=0)


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it goes over the wire."""

    body: bytes
    squeezed: bytes | None
    media_type: str
    digest: str

    @classmethod
    def of(cls, body: bytes, suffix: str) -> "Asset":
        media_type = mimetypes.types_map.get(suffix, "application/octet-stream")
        if suffix in _TEXT:
            media_type = f"{'text/javascript' if suffix == '.js' else media_type}; charset=utf-8"
        squeezed = _squeezed(body) if suffix in _TEXT else None
        return cls(body, squeezed, media_type, hashlib.sha256(body).hexdigest()[:12])


class Assets:
    """The files of a directory, by name for templates and by fingerprinted address for browsers."""

    def __init__(self, root: Path, *, watched: bool = False) -> None:
        self._root = root
        self._watched = watched
        self._seen = -1
        self._load()

    def url(self, name: str) -> str:
        """`css/print.css` → `/static/css/print.3f2a….css`; KeyError when it is not there."""
        if self._watched:
            self._load()
        stem, _, suffix = name.rpartition(".")
        return f"{PREFIX}/{stem}.{self._assets[name].digest}.{suffix}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer below `/static`."""
        path = scope["path"].removeprefix(PREFIX).lstrip("/")
        response = self._answer(path, Headers(scope=scope))
        await response(scope, receive, send)

    def _answer(self, path: str, headers: Headers) -> Response:
        name, digest = _unfingerprinted(path)
        asset = self._assets.get(name) or self._assets.get(path)
        if asset is None:
            return PlainTextResponse("not found", 404)
        lasting = digest == asset.digest
        caching = "public, max-age=31536000, immutable" if lasting else "no-cache"
        out = {"cache-control": caching, "vary": "Accept-Encoding", "etag": f'"{asset.digest}"'}
        if headers.get("if-none-match") == out["etag"]:
            return Response(status_code=304, headers=out)
        if asset.squeezed is None or "gzip" not in headers.get("accept-encoding", ""):
            return Response(asset.body, headers=out, media_type=asset.media_type)
        out["content-encoding"] = "gzip"
        return Response(asset.squeezed, headers=out, media_type=asset.media_type)

    def _load(self) -> None:
        files = [p for p in sorted(self._root.rglob("*")) if p.is_file() and p.suffix in SERVED]
        newest = max((p.stat().st_mtime_ns for p in files), default=0)
        if newest == self._seen:
            return
        self._seen = newest
        self._assets = {
            p.relative_to(self._root).as_posix(): Asset.of(p.read_bytes(), p.suffix) for p in files
        }
        for name, folder in BUNDLES.items():
            parts = [p for p in files if p.parent == self._root / folder]
            body = b"\n".join(p.read_bytes() for p in parts)
            self._assets[name] = Asset.of(body, Path(name).suffix)


def _unfingerprinted(path: str) -> tuple[str, str]:
    stem, _, suffix = path.rpartition(".")
    name, _, digest = stem.rpartition(".")
    return f"{name}.{suffix}", digest
