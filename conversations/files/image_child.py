"""Decode an image somebody sent and write it anew, in a process of its own that has little to lose: no secrets, no
database, bounded memory and time.

    image_child.py FORMAT SOURCE COPY THUMBNAIL MAX_PIXELS THUMBNAIL_EDGE

Writes the copy (for GIF none: the animation stays as it came) and, where it would be smaller, the thumbnail; prints
"width height". A copy has no metadata: a photo does not tell where it was taken. Imports nothing of ours.
"""

from __future__ import annotations

import errno
import os
import resource
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL import Image

DAMAGED, TOO_LARGE, DISK_FULL = 3, 4, 5
_LIMITS = (
    (resource.RLIMIT_AS, 1536 << 20),
    (resource.RLIMIT_CPU, 20),
    (resource.RLIMIT_FSIZE, 256 << 20),
    (resource.RLIMIT_CORE, 0),
)
_OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "JPEG": {"quality": 88},
    "PNG": {"compress_level": 4},
    "WEBP": {"quality": 90},
}
_MODES = {
    "JPEG": ("L", "RGB"),
    "PNG": ("1", "L", "LA", "P", "RGB", "RGBA"),
    "WEBP": ("RGB", "RGBA"),
    "GIF": ("RGB", "RGBA"),
}


def main(arguments: list[str]) -> int:
    """The exit code says why there is no image."""
    _confine()
    from PIL import Image

    form, source, copy, thumbnail = arguments[:4]
    pixels, edge = int(arguments[4]), int(arguments[5])
    Image.MAX_IMAGE_PIXELS = None  # ours is stricter
    try:
        with Image.open(source, formats=[form]) as image:
            if image.width * image.height > pixels:
                return TOO_LARGE
            print(*_rewrite(image, form, copy, thumbnail, edge))
    except OSError as problem:
        return DISK_FULL if problem.errno in (errno.ENOSPC, errno.EDQUOT) else DAMAGED
    except Exception:  # noqa: BLE001 - decoders raise whatever a malformed file leads them to
        return DAMAGED
    return 0


def _confine() -> None:
    """Give up what decoding does not need, before anything is decoded."""
    for kind, limit in _LIMITS:
        resource.setrlimit(kind, (limit, limit))
    os.nice(10)  # somebody's photo must not delay anybody's message
    os.umask(0o027)


def _rewrite(image: Image.Image, form: str, copy: str, thumbnail: str, edge: int) -> tuple[int, int]:
    """Decode the first frame and write what is wanted of it; its size as people see it."""
    from PIL import ImageOps

    image.seek(0)
    image.load()
    plain = ImageOps.exif_transpose(_simple(image, form))
    # The colour of a palette that means "nothing here" is all that may stay of what came beside the pixels.
    plain.info = {key: value for key, value in plain.info.items() if key == "transparency" and form == "PNG"}
    if form != "GIF":
        plain.save(copy, form, **_OPTIONS[form])
    size = plain.size
    if form == "GIF" or max(size) > edge:
        small = plain if plain.mode in ("RGB", "RGBA") else plain.convert("RGBA")
        small.thumbnail((edge, edge))
        small.save(thumbnail, "WEBP", quality=80)
    return size


def _simple(image: Image.Image, form: str) -> Image.Image:
    """In a mode that every browser shows: eight bits for a colour, and transparency where the format has it."""
    if image.mode.startswith(("I", "F")):  # sixteen bits of grey; converting alone would cut off all above 255
        return image.convert("F").point(lambda value: value * (1 / 257) + 0).convert("L")
    if image.mode in _MODES[form]:
        return image
    clear = "transparency" in image.info or image.mode in ("LA", "PA", "La", "RGBa")
    return image.convert("RGBA" if clear and "RGBA" in _MODES[form] else "RGB")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
