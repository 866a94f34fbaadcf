"""What people write: cleaned, bounded, and read for the one thing the core must know."""

from __future__ import annotations

import re

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from conversations.errors import Text, TextRefused, amount

MAX_BODY = 10_000
MAX_MARKS = 50  # combining marks on one letter
MAX_SNIPPET = 160

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_INVISIBLE = re.compile(
    r"[\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0]+"
)
_MARKS = re.compile(
    rf"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{{{MAX_MARKS + 1},}}"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_SPACE = re.compile(r"\s+")

# "Thanks" and its like in the languages we ship, alone or doubled, never with a question.
_THANKS = re.compile(
    r"""^[\W_]*(?:(?:ok(?:ay)?|great|perfect|super|cool|awesome|wonderful|brilliant|cheers|ta|thx|ty|tnx|
    thanks?|thank\s*(?:you|u)|much\s+appreciated|appreciate\s+it|a\s+lot|so\s+much|very\s+much|again|all\s+good|that\s+(?:works|worked|helped)|
    you(?:'|\u2019)?re?\s+the\s+best|bye|have\s+a\s+(?:nice|good|great)\s+(?:day|one|weekend)|
    terima\s*kasih|makasih|trima\s*kasih|banyak|sekali|ya|sip|baik|mantap|
    tack|tackar|s[\u00e5a]\s+mycket|tusen|toppen|bra|jättebra|hej\s+då|
    danke|merci|gracias|obrigad[oa]|grazie)[\W_]*)+$""",
    re.IGNORECASE | re.VERBOSE,
)
_GRATITUDE = re.compile(
    r"thank|thx|\bty\b|tnx|cheers|appreciat|kasih|tack|danke|merci|gracias|obrigad|grazie|\bta\b",
    re.IGNORECASE,
)


def clean_body(body: str, *, may_be_empty: bool = False) -> str:
    """`body` as it is stored: line ends as \\n, outer blank trimmed.

    Raises:
        TextRefused: control characters, too long, nothing visible in it, or a tower of marks.
    """
    if body.isascii() and body.isprintable() and len(body) <= MAX_BODY and not body.isspace() and body:
        return body.strip()  # nearly every message
    body = body.replace("\r\n", "\n").replace("\r", "\n")
    if _CONTROL.search(body):
        raise TextRefused("control_characters", _("The text holds control characters; remove them."), status=400)
    if _SURROGATE.search(body):
        raise TextRefused("invalid_unicode", _("The text holds half of a character."), status=400)
    if len(body) > MAX_BODY:
        raise TextRefused("text_too_long", too_long(len(body), MAX_BODY))
    if not may_be_empty and not _INVISIBLE.sub("", body):
        raise TextRefused("text_empty", _("Write something first."))
    if _MARKS.search(body):
        message = format_lazy(_("At most {n} marks on one letter."), n=MAX_MARKS)
        raise TextRefused("too_many_combining_marks", message)
    return body.strip()


def too_long(count: int, limit: int) -> Text:
    """How much too much."""
    counted = {"count": amount(count, force_grouping=True), "limit": amount(limit, force_grouping=True)}
    return format_lazy(_("{count} characters; the limit is {limit}."), **counted)


def snippet(body: str) -> str:
    """The first line's worth of a body, for lists."""
    flat = _SPACE.sub(" ", body[: MAX_SNIPPET * 2]).strip()
    return flat if len(flat) <= MAX_SNIPPET else flat[: MAX_SNIPPET - 1].rstrip() + "…"


def is_thanks(body: str) -> bool:
    """Whether a message only says thanks, so that it need not be answered."""
    return len(body) <= 120 and "?" not in body and bool(_THANKS.match(body)) and bool(_GRATITUDE.search(body))
