"""What a file is, told from its content alone: the few kinds a support desk needs, and the dangerous ones by name so
that a refusal can say what it saw."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO

from django.utils.translation import gettext_lazy as _

from conversations.errors import Text
from conversations.files import archives

_HEAD = 4096
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Kind:
    """`types` maps the file name extensions a kind may have to media types; the first is the usual one. A kind without
    any is never taken."""

    looks_like: Text
    types: Mapping[str, str] = field(default_factory=dict)
    image: str = ""  # Pillow's name of the format, for the images that we decode

    @property
    def extension(self) -> str:
        return next(iter(self.types))


PNG = Kind(_("a PNG image"), {"png": "image/png"}, "PNG")
JPEG = Kind(_("a JPEG image"), {"jpg": "image/jpeg", "jpeg": "image/jpeg"}, "JPEG")
GIF = Kind(_("a GIF image"), {"gif": "image/gif"}, "GIF")
WEBP = Kind(_("a WebP image"), {"webp": "image/webp"}, "WEBP")
PDF = Kind(_("a PDF document"), {"pdf": "application/pdf"})
MP4 = Kind(_("an MP4 video"), {"mp4": "video/mp4", "m4v": "video/mp4", "mov": "video/quicktime", "m4a": "audio/mp4"})
WEBM = Kind(_("a WebM video"), {"webm": "video/webm", "weba": "audio/webm"})
OGG = Kind(_("an Ogg recording"), {"ogg": "audio/ogg", "oga": "audio/ogg", "opus": "audio/ogg", "ogv": "video/ogg"})
MP3 = Kind(_("an MP3 recording"), {"mp3": "audio/mpeg"})
WAV = Kind(_("a WAV recording"), {"wav": "audio/wav"})
TEXT = Kind(
    _("a text"),
    {
        "txt": "text/plain",
        "log": "text/plain",
        "md": "text/plain",
        "csv": "text/csv",
        "tsv": "text/tab-separated-values",
        "json": "application/json",
    },
)
_OFFICE = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
DOCUMENTS: Mapping[str, Kind] = {
    "word": Kind(_("a Word document"), {"docx": f"{_OFFICE}wordprocessingml.document"}),
    "xl": Kind(_("an Excel workbook"), {"xlsx": f"{_OFFICE}spreadsheetml.sheet"}),
    "ppt": Kind(_("a PowerPoint presentation"), {"pptx": f"{_OFFICE}presentationml.presentation"}),
    "text": Kind(_("an OpenDocument text"), {"odt": f"{_ODF}text"}),
    "spreadsheet": Kind(_("an OpenDocument spreadsheet"), {"ods": f"{_ODF}spreadsheet"}),
    "presentation": Kind(_("an OpenDocument presentation"), {"odp": f"{_ODF}presentation"}),
    archives.MACROS: Kind(_("a document with macros")),
    archives.BOMB: Kind(_("an archive that would fill any disk")),
    archives.DAMAGED: Kind(_("a damaged archive")),
    archives.OTHER: Kind(_("a ZIP archive")),
}
EXTENSIONS = frozenset(
    extension
    for kind in (PNG, JPEG, GIF, WEBP, PDF, MP4, WEBM, OGG, MP3, WAV, TEXT, *DOCUMENTS.values())
    for extension in kind.types
)
UNKNOWN = Kind(_("something unknown"))
HTML, SVG, XML = Kind(_("a web page")), Kind(_("an SVG drawing")), Kind(_("an XML document"))
MAIL_PAGE, SCRIPT = Kind(_("a saved web page")), Kind(_("a script"))

_MAGIC: tuple[tuple[bytes, Kind], ...] = (
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"%PDF-", PDF),
    (b"OggS", OGG),
    (b"ID3", MP3),
    (b"\xff\xfb", MP3),
    (b"\xff\xf3", MP3),
    (b"\xff\xf2", MP3),
    (b"MZ", Kind(_("a Windows program"))),
    (b"\x7fELF", Kind(_("a Linux program"))),
    (b"\xcf\xfa\xed\xfe", Kind(_("a Mac program"))),
    (b"\xce\xfa\xed\xfe", Kind(_("a Mac program"))),
    (b"\xca\xfe\xba\xbe", Kind(_("a Java or Mac program"))),
    (b"\0asm", Kind(_("a WebAssembly program"))),
    (b"L\0\0\0\x01\x14\x02\0", Kind(_("a Windows shortcut"))),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind(_("a document of an old Office version"))),
    (b"{\\rtf", Kind(_("an RTF document"))),
    (b"%!PS", Kind(_("a PostScript program"))),
    (b"Rar!\x1a\x07", Kind(_("a RAR archive"))),
    (b"7z\xbc\xaf\x27\x1c", Kind(_("a 7-Zip archive"))),
    (b"\x1f\x8b", Kind(_("a gzip archive"))),
    (b"BZh", Kind(_("a bzip2 archive"))),
    (b"\xfd7zXZ\0", Kind(_("an xz archive"))),
    (b"\x28\xb5\x2f\xfd", Kind(_("a Zstandard archive"))),
    (b"II*\0", Kind(_("a TIFF image"))),
    (b"MM\0*", Kind(_("a TIFF image"))),
    (b"8BPS", Kind(_("a Photoshop image"))),
    (b"FWS", Kind(_("a Flash film"))),
    (b"CWS", Kind(_("a Flash film"))),
    (b"#!", SCRIPT),
)
_HEIF_BRANDS = (b"heic", b"heix", b"heif", b"hevc", b"mif1", b"msf1", b"avif", b"avis")

# What browsers take for markup when nobody tells them otherwise (WHATWG MIME Sniffing, §7.1), and PHP.
_TAGS = "html|head|body|title|style|script|iframe|object|embed|form|table|svg|math|h1|div|font|p|a|b|br|img|link|meta"
_MARKUP = re.compile(rf"<(?:!--|\?|!doctype\b|!entity\b|(?:{_TAGS})(?=[\s>/]))", re.IGNORECASE)
_BINARY = bytes(byte for byte in range(32) if byte not in b"\t\n\r\f\x1b")
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def identify(file: IO[bytes]) -> Kind:
    """The kind of a seekable file. Its name and what the sender claims play no part."""
    file.seek(0)
    head = file.read(_HEAD)
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    for look in (_container, _text):
        if (found := look(head, file)) is not None:
            return found
    return UNKNOWN


def _container(head: bytes, file: IO[bytes]) -> Kind | None:
    """Formats whose first bytes say only how they are packed."""
    if head[:4] == b"RIFF":
        return {b"WEBP": WEBP, b"WAVE": WAV}.get(head[8:12], UNKNOWN)
    if head[4:8] == b"ftyp":
        return Kind(_("a HEIC or AVIF image")) if head[8:12] in _HEIF_BRANDS else MP4
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return WEBM if b"webm" in head[:64] else Kind(_("a Matroska video"))
    if head[:2] == b"PK":
        return DOCUMENTS[archives.inside(file)]
    return None


def _text(head: bytes, file: IO[bytes]) -> Kind | None:
    encoding = _UTF16.get(head[:2])
    start = head.decode(encoding or "utf-8-sig", "replace").lstrip("\ufeff \t\r\n\f")
    if _MARKUP.match(start):
        return _markup(start.lower())
    if start.lower().startswith("mime-version:"):
        return MAIL_PAGE
    readable: Callable[[IO[bytes]], bool] = _is_utf16(encoding) if encoding else _has_no_binary
    return TEXT if readable(file) else None


def _markup(start: str) -> Kind:
    if start.startswith("<?php"):
        return SCRIPT
    if "<svg" in start or "<!doctype svg" in start:
        return SVG
    return XML if start.startswith(("<?xml", "<!entity")) or _is_xml_doctype(start) else HTML


def _is_xml_doctype(start: str) -> bool:
    return start.startswith("<!doctype") and not start.startswith("<!doctype html")


def _has_no_binary(file: IO[bytes]) -> bool:
    """Old encodings are text too, so only bytes that no text has count against it."""
    file.seek(0)
    return all(len(chunk.translate(None, _BINARY)) == len(chunk) for chunk in iter(lambda: file.read(_CHUNK), b""))


def _is_utf16(encoding: str) -> Callable[[IO[bytes]], bool]:
    def check(file: IO[bytes]) -> bool:
        file.seek(2)
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            chunks = (decoder.decode(chunk) for chunk in iter(lambda: file.read(_CHUNK), b""))
            clean = all("\0" not in chunk for chunk in chunks)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
        return clean

    return check
