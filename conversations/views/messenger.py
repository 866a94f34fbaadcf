"""The launcher and the page it opens in a frame on other people's sites."""

from __future__ import annotations

import gzip
import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import quote_etag
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from conversations.models import Touchpoint
from conversations.views.words import messenger_words

LAUNCHER = Path(settings.BASE_DIR) / "static" / "w.js"
BRAND = "#2955c0"
CSP_REPLACE = "_csp_replace"  # where django-csp looks for what differs in one response
_COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
_ORIGIN = re.compile(r"https?://(\*\.)?[\w.\-\[\]:]+", re.ASCII)


@require_safe
def loader(request: HttpRequest) -> HttpResponse:
    """`/w.js`: one stable address on many sites, so it is revalidated and not versioned."""
    script, packed, etag = _launcher(LAUNCHER.stat().st_mtime_ns)
    response = HttpResponse(content_type="text/javascript; charset=utf-8")
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        response.content, response["Content-Encoding"] = packed, "gzip"
    else:
        response.content = script
    response["Cache-Control"] = "public, max-age=3600, stale-while-revalidate=86400"
    response["ETag"] = etag
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    patch_vary_headers(response, ("Accept-Encoding",))
    return get_conditional_response(request, etag=etag, response=response) or response


@lru_cache(maxsize=1)
def _launcher(_version: int) -> tuple[bytes, bytes, str]:
    script = LAUNCHER.read_bytes()
    return script, gzip.compress(script, 9, mtime=0), quote_etag(hashlib.sha256(script).hexdigest()[:16])


@require_safe
@gzip_page
@xframe_options_exempt
def messenger_page(request: HttpRequest, site: str) -> HttpResponse:
    """The messenger of one touchpoint: the same page for everybody, so it knows no session and sets no cookie."""
    touchpoint = get_object_or_404(Touchpoint, key=site, kind=Touchpoint.Kind.MESSENGER)
    with translation.override(_language(request)):
        page = render_to_string("messenger/page.html", _context(request, touchpoint))
        response = HttpResponse(page, headers={"Content-Language": translation.get_language() or "en"})
    response["Cache-Control"] = "public, max-age=60"
    # A page under `Cross-Origin-Embedder-Policy: require-corp` frames only pages that say the same and allow it.
    response["Cross-Origin-Embedder-Policy"] = "require-corp"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    setattr(response, CSP_REPLACE, _policy(request, touchpoint))
    return response


def _language(request: HttpRequest) -> str:
    """What the site asks for, or else what the browser does."""
    asked = request.GET.get("lang", "")
    try:
        return translation.get_supported_language_variant(asked)
    except LookupError:
        return translation.get_language_from_request(request)


def _context(request: HttpRequest, touchpoint: Touchpoint) -> dict[str, Any]:
    look = touchpoint.look if isinstance(touchpoint.look, dict) else {}
    theme = request.GET.get("theme", "")
    return {
        "touchpoint": touchpoint,
        "initial": touchpoint.name[:1].upper(),
        "greeting": look.get("greeting", ""),
        "reply_time": look.get("reply_time", ""),
        "brand": _brand(look.get("color")),
        "theme": theme if theme in {"light", "dark"} else "auto",
        "language": translation.get_language(),
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
        "max_bytes": settings.MAX_UPLOAD_BYTES,
        "max_megabytes": settings.MAX_UPLOAD_BYTES // 1_000_000,
        "words": messenger_words(),
    }


def _brand(colour: object) -> str:
    return colour if isinstance(colour, str) and _COLOUR.fullmatch(colour) else BRAND


def _policy(request: HttpRequest, touchpoint: Touchpoint) -> dict[str, list[str]]:
    """Framed by the site's own origins and by nobody else. Older browsers do not count sockets as 'self'."""
    socket = f"{'wss' if request.is_secure() else 'ws'}://{request.get_host()}"
    origins = [origin for origin in map(_in_ascii, touchpoint.origins) if _ORIGIN.fullmatch(origin)]
    return {
        "img-src": ["'self'", "data:", "blob:"],
        "media-src": ["'none'"],
        "connect-src": ["'self'", socket],
        "font-src": ["'none'"],
        "frame-src": ["'none'"],
        "manifest-src": ["'none'"],
        "worker-src": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'self'", *origins],
        "trusted-types": ["'none'"],
    }


def _in_ascii(origin: str) -> str:
    """With the host as DNS knows it: a header with any other letter would be no policy at all."""
    scheme, separator, host = origin.partition("://")
    try:
        return scheme + separator + host.encode("idna").decode()
    except UnicodeError:
        return ""
