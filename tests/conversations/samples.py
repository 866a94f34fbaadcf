"""Files as people and attackers send them, made when they are needed."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Any

from PIL import Image

GPS = "GPS-CANARY-57.7089"
EXE = b"MZ\x90\0\x03\0\0\0" + b"\0" * 200
ELF = b"\x7fELF\x02\x01\x01" + b"\0" * 200
PDF = b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n%%EOF"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
ENTITY_BOMB = b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><lolz>&b;</lolz>'
MHTML = b"MIME-Version: 1.0\nContent-Type: multipart/related\n\n<html></html>"
PHP = b"<?php system($_GET['c']); ?>"
SCRIPT = b"#!/bin/sh\nrm -rf /\n"
MP4 = b"\0\0\0\x20ftypisom\0\0\2\0isomiso2" + b"\0" * 64
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 64
WEBM = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\x82\x84webm" + b"\0" * 64
MKV = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\x82\x88matroska" + b"\0" * 64
MP3 = b"ID3\x04\0\0\0\0\0\0" + b"\0" * 64
OGG = b"OggS\0\x02" + b"\0" * 64
WAV = b"RIFF\x24\0\0\0WAVEfmt " + b"\0" * 64
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512


def picture(form: str = "PNG", mode: str = "RGB", size: tuple[int, int] = (60, 40), **options: Any) -> bytes:
    made = io.BytesIO()
    bands = len(Image.new(mode, (1, 1)).getbands())
    Image.new(mode, size, 120 if bands == 1 else (200, 120, 40, 90)[:bands]).save(made, form, **options)
    return made.getvalue()


def photo_with_place() -> bytes:
    """A JPEG that lies on its side, and says where and with what it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turn right
    exif[0x010E] = GPS
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[29] = GPS
    return picture("JPEG", size=(60, 40), exif=exif, comment=GPS.encode())


def png_with_texts() -> bytes:
    """A PNG with a remark beside its pixels, and a web page behind its end."""
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Comment", GPS)
    return picture("PNG", pnginfo=info) + HTML


def animation(frames: int) -> bytes:
    made = io.BytesIO()
    images = [Image.new("L", (8, 8), index % 256) for index in range(frames)]
    images[0].save(made, "GIF", save_all=True, append_images=images[1:], duration=20)
    return made.getvalue()


def huge_png(side: int = 60_000) -> bytes:
    """An image of 3,600 megapixels in a few hundred bytes: only its header is believed by a decoder."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    packed = (struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def archive(*names: str, first: bytes = b"", size: int = 10) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        if first:
            packed.writestr(zipfile.ZipInfo("mimetype"), first)
        for name in names:
            packed.writestr(name, b"0" * size)
    return made.getvalue()


def document(folder: str = "word", *more: str, size: int = 10) -> bytes:
    return archive("[Content_Types].xml", f"{folder}/document.xml", *more, size=size)


def crowded(entries: int, *, pointing: bool) -> bytes:
    """An archive with very many entries, whose closing record says that there is one. Where it is `pointing`, a larger
    record before it tells the truth, else the record holds the start of another."""
    name = b"%06d"
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\1\2", 20, 3, 20, 0, 0, 0, 0, 33, 0, 0, 0, 6, *(0,) * 6)
    contents = b"".join(entry + name % number for number in range(entries))
    if not pointing:
        return contents + struct.pack("<4s2s2s2H2LH", b"PK\5\6", b"PK", b"\5\6", 1, 1, len(contents), 0, 0)
    truth = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, entries, entries, len(contents), 0)
    pointer = struct.pack("<4sLQL", b"PK\6\7", 0, len(contents), 1)
    return contents + truth + pointer + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, 100, 0, 0)


def opendocument(kind: str = "text") -> bytes:
    return archive("content.xml", first=b"application/vnd.oasis.opendocument." + kind.encode())
