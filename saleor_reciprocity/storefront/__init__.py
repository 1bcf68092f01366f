"""Storefront: the ready GraphQL documents and the element <saleor-reciprocity>, and the addresses that serve them."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from pathlib import Path

from django.http import HttpRequest, HttpResponse, JsonResponse

from .. import __version__, links

PAGE = "storefront"
ELEMENT = f"reciprocity-{__version__}.js"
_FOLDER = Path(__file__).resolve().parent
_TYPES = {".js": "text/javascript", ".ts": "text/plain", ".graphql": "text/plain"}
# Storefronts are other sites, and what has an integrity hash is only taken with leave for all.
_HEADERS = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
_FOR_EVER = "public, max-age=31536000, immutable"


def files() -> dict[str, Path]:
    """What is served, by its path below the page: the element of each version, its types, and the documents."""
    found = (path for path in _FOLDER.rglob("*") if path.suffix in _TYPES)
    return {path.relative_to(_FOLDER).as_posix(): path for path in sorted(found)}


def integrity(content: bytes) -> str:
    """The hash by which a browser takes a script, as in the attribute `integrity`."""
    return f"sha384-{b64encode(hashlib.sha384(content).digest()).decode()}"


def file(request: HttpRequest, name: str) -> HttpResponse:
    """A file for storefronts; without a name a list of them, each with its hash. Raises BadLink for anything else."""
    served = files()
    if not name:
        return _open(JsonResponse({each: integrity(path.read_bytes()) for each, path in served.items()}))
    if name not in served:
        raise links.BadLink
    response = HttpResponse(served[name].read_bytes(), content_type=f"{_TYPES[served[name].suffix]}; charset=utf-8")
    if name.startswith("reciprocity-"):  # a version in the name: what it holds never changes
        response["Cache-Control"] = _FOR_EVER
    return _open(response)


def _open(response: HttpResponse) -> HttpResponse:
    for name, value in _HEADERS.items():
        response[name] = value
    return response
