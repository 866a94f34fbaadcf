"""Everything that is read stands out from what it is written on, in both themes."""

from __future__ import annotations

import math
import re

import pytest

from helpdesk.state import CHECKOUT

TOKENS = CHECKOUT / "static/design/tokens.css"
_PAIR = re.compile(r"--([\w-]+):\s*light-dark\(oklch\(([^)]+)\),\s*oklch\(([^)]+)\)\)")
_SINGLE = re.compile(r"--([\w-]+):\s*oklch\(([^)/]+)\);")

TEXT, LARGE = 4.5, 3.0  # WCAG 2.2 AA: text, and what only has to be seen
READ = [
    *[
        ("ink", ground, 7.0)
        for ground in ("paper", "surface", "sunken", "hover", "bubble", "raised", "accent-tint", "note")
    ],
    *[("ink-2", ground, TEXT) for ground in ("paper", "surface", "sunken", "hover", "bubble", "raised", "accent-tint")],
    *[("ink-3", ground, TEXT) for ground in ("paper", "surface", "sunken", "hover")],
    *[("on-accent", ground, TEXT) for ground in ("accent", "accent-hover")],
    *[("accent-ink", ground, TEXT) for ground in ("paper", "surface", "accent-tint")],
    *[(sign, f"{sign}-tint", TEXT) for sign in ("warn", "bad", "good", "ai")],
    *[(sign, ground, TEXT) for sign in ("warn", "bad", "good", "ai") for ground in ("paper", "surface")],
    *[("ink", f"{sign}-tint", TEXT) for sign in ("warn", "bad", "good", "ai")],
    ("note-ink", "note", TEXT),
    ("note-ink", "paper", TEXT),
    ("on-note-button", "note-button", TEXT),
    ("ink", "mark", TEXT),
    ("on-face", "face", TEXT),
    *[("edge", ground, LARGE) for ground in ("paper", "surface")],
    ("note-edge", "note", LARGE),
    *[("accent", ground, LARGE) for ground in ("paper", "surface")],
    ("ink", "accent-pill", TEXT),
    ("on-toast", "toast", TEXT),
    ("on-toast", "toast-bad", TEXT),
    ("toast-link", "toast", TEXT),
    ("toast-link", "toast-bad", TEXT),
]

Color = tuple[float, float, float]


def _oklch(text: str) -> Color:
    light, chroma, hue = text.replace("%", "").split()
    return float(light) / 100, float(chroma), math.radians(float(hue))


def _themes() -> dict[str, dict[str, Color]]:
    css = TOKENS.read_text()
    single = {name: _oklch(value) for name, value in _SINGLE.findall(css)}
    pairs = _PAIR.findall(css)
    return {
        "light": {**single, **{name: _oklch(light) for name, light, _ in pairs}},
        "dark": {**single, **{name: _oklch(dark) for name, _, dark in pairs}},
    }


def _luminance(color: Color) -> float:
    """Relative luminance of an OKLCH colour, cut to what sRGB can show."""
    light, chroma, hue = color
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short
    red, green, blue = (min(1.0, max(0.0, each)) for each in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: Color, other: Color) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "bound"), READ)
def test_it_can_be_read(theme: str, ink: str, ground: str, bound: float) -> None:
    colors = _themes()[theme]
    assert _contrast(colors[ink], colors[ground]) >= bound, f"--{ink} on --{ground} in {theme}"


def test_the_sum_is_the_well_known_one() -> None:
    assert _contrast((1, 0, 0), (0, 0, 0)) == pytest.approx(21, abs=0.05)


def test_every_color_is_a_token() -> None:
    """A colour written elsewhere is one that nobody has checked. Mixing tokens is allowed."""
    for path in sorted((CHECKOUT / "static").glob("**/*.css")):
        if path == TOKENS or path.parent.name not in ("design", "inbox", "people"):
            continue
        stray = re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(|oklch\((?!from var)|light-dark\(", path.read_text())
        assert not stray, f"{path.name}: {stray}"


def test_nothing_is_styled_inline() -> None:
    for path in sorted((CHECKOUT / "templates").glob("**/*.html")):
        assert not re.search(
            r"<style|\sstyle=|\son\w+=|<script(?![^>]*\b(src|type=\"application/json\"))", path.read_text()
        ), path


def test_fonts_and_drawings_bring_their_licences() -> None:
    licences = {path.stem for path in (CHECKOUT / "static/design/LICENSES").iterdir()}
    assert licences == {"atkinson-hyperlegible-next", "lucide"}
