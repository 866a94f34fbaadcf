"""What a file is taken for, and the name it gets."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.errors import Refusal
from conversations.files import kinds, names
from tests.conversations import samples

TAKEN = [
    ("a.png", samples.picture("PNG"), "image/png"),
    ("a.jpg", samples.picture("JPEG"), "image/jpeg"),
    ("a.JPEG", samples.picture("JPEG"), "image/jpeg"),
    ("a.gif", samples.animation(2), "image/gif"),
    ("a.webp", samples.picture("WEBP"), "image/webp"),
    ("a.pdf", samples.PDF, "application/pdf"),
    ("a.mp4", samples.MP4, "video/mp4"),
    ("a.mov", samples.MP4, "video/quicktime"),
    ("a.webm", samples.WEBM, "video/webm"),
    ("a.mp3", samples.MP3, "audio/mpeg"),
    ("a.ogg", samples.OGG, "audio/ogg"),
    ("a.wav", samples.WAV, "audio/wav"),
    ("a.txt", "Grüße, 🙂\r\n\tand more".encode(), "text/plain"),
    ("a.txt", b"<foo@bar.example> wrote:", "text/plain"),
    ("a.txt", b"1 < 2 and 3 > 2", "text/plain"),
    ("a.csv", "namn;å\n".encode("latin-1"), "text/csv"),
    ("a.csv", "a,b\n1,2\n".encode("utf-16"), "text/csv"),
    ("a.log", b"\x1b[31mred\x1b[0m\n", "text/plain"),
    ("a.json", b'{"a": 1}', "application/json"),
    ("a.docx", samples.document("word"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("a.xlsx", samples.document("xl"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("a.pptx", samples.document("ppt"), "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("a.odt", samples.opendocument("text"), "application/vnd.oasis.opendocument.text"),
    ("a.ods", samples.opendocument("spreadsheet"), "application/vnd.oasis.opendocument.spreadsheet"),
]

ALLOWED = "which cannot be sent. Images, PDF, Office documents, text, CSV, audio and video can."
REFUSED = [
    ("a.png", samples.EXE, "file_type_mismatch", "Looks like a Windows program, named .png."),
    ("a.exe", samples.EXE, "file_type_not_allowed", f"Looks like a Windows program, {ALLOWED}"),
    ("a.jpg", samples.ELF, "file_type_mismatch", "Looks like a Linux program, named .jpg."),
    ("a.exe", samples.picture(), "file_type_mismatch", "Looks like a PNG image, named .exe."),
    ("a.jpg", samples.picture(), "file_type_mismatch", "Looks like a PNG image, named .jpg."),
    ("a.svg", samples.SVG, "file_type_not_allowed", f"Looks like an SVG drawing, {ALLOWED}"),
    ("a.svg", samples.SVG.partition(b"?>")[2], "file_type_not_allowed", f"Looks like an SVG drawing, {ALLOWED}"),
    ("a.png", samples.SVG, "file_type_mismatch", "Looks like an SVG drawing, named .png."),
    ("a.html", samples.HTML, "file_type_not_allowed", f"Looks like a web page, {ALLOWED}"),
    ("a.txt", b" \n\t<ScRiPt >alert(1)</script>", "file_type_mismatch", "Looks like a web page, named .txt."),
    ("a.txt", "<svg onload=alert(1)>".encode("utf-16"), "file_type_mismatch", "Looks like an SVG drawing, named .txt."),
    ("a.xml", samples.ENTITY_BOMB, "file_type_not_allowed", f"Looks like an XML document, {ALLOWED}"),
    ("a.mhtml", samples.MHTML, "file_type_not_allowed", f"Looks like a saved web page, {ALLOWED}"),
    ("x.php.", samples.PHP, "file_type_not_allowed", f"Looks like a script, {ALLOWED}"),
    ("a.pht", samples.PHP, "file_type_not_allowed", f"Looks like a script, {ALLOWED}"),
    ("a.txt", samples.SCRIPT, "file_type_mismatch", "Looks like a script, named .txt."),
    ("a.heic", samples.HEIC, "file_type_not_allowed", f"Looks like a HEIC or AVIF image, {ALLOWED}"),
    ("a.mkv", samples.MKV, "file_type_not_allowed", f"Looks like a Matroska video, {ALLOWED}"),
    (
        "a.doc",
        samples.OLD_OFFICE,
        "file_type_not_allowed",
        f"Looks like a document of an old Office version, {ALLOWED}",
    ),
    ("a.zip", samples.archive("a.txt"), "file_type_not_allowed", f"Looks like a ZIP archive, {ALLOWED}"),
    ("a.docx", samples.archive("a.txt"), "file_type_mismatch", "Looks like a ZIP archive, named .docx."),
    (
        "a.docx",
        samples.document("word", "word/vbaProject.bin"),
        "file_type_mismatch",
        "Looks like a document with macros, named .docx.",
    ),
    (
        "a.xlsx",
        samples.document("xl", *(f"xl/{n}.xml" for n in range(9)), size=20_000_000),
        "file_type_mismatch",
        "Looks like an archive that would fill any disk, named .xlsx.",
    ),
    (
        "a.docx",
        samples.crowded(50_000, pointing=True),
        "file_type_mismatch",
        "Looks like an archive that would fill any disk, named .docx.",
    ),
    (
        "a.docx",
        samples.crowded(50_000, pointing=False),
        "file_type_mismatch",
        "Looks like an archive that would fill any disk, named .docx.",
    ),
    ("a.docx", samples.document("word")[:-30], "file_type_mismatch", "Looks like a damaged archive, named .docx."),
    ("a.bin", bytes(range(256)), "file_type_not_allowed", f"Looks like something unknown, {ALLOWED}"),
    ("a.txt", b"a\0b", "file_type_mismatch", "Looks like something unknown, named .txt."),
    (
        "a.txt",
        b"fine for a while " * 100_000 + b"\x01",
        "file_type_mismatch",
        "Looks like something unknown, named .txt.",
    ),
    ("a.zip", b"Rar!\x1a\x07\0", "file_type_not_allowed", f"Looks like a RAR archive, {ALLOWED}"),
]


@pytest.mark.parametrize(("name", "content", "media_type"), TAKEN)
def test_taken(name: str, content: bytes, media_type: str) -> None:
    assert names.fit(name, kinds.identify(io.BytesIO(content))) == (name, media_type)


@pytest.mark.parametrize(("name", "content", "code", "message"), REFUSED)
def test_refused(name: str, content: bytes, code: str, message: str) -> None:
    with pytest.raises(Refusal) as caught:
        names.fit(name, kinds.identify(io.BytesIO(content)))
    assert (caught.value.code, caught.value.message, caught.value.status) == (code, message, 415)


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("\u200b.htaccess", "htaccess.png"),
        (".htaccess", "htaccess.png"),
        ("x.php%00.png", "x.php%00.png"),
        ("x.php.png", "x.php.png"),
        ("a/../../b", "b.png"),
        ("..\\x", "x.png"),
        ("C:\\fakepath\\me.png", "me.png"),
        ("..", "file.png"),
        ("CON", "_CON.png"),
        ("nul.png", "_nul.png"),
        ("exe\u202egnp.png", "exegnp.png"),
        ("-rf", "rf.png"),
        ("", "file.png"),
        (" \u200b\u2060 ", "file.png"),
        (";rm", ";rm.png"),
        ("two\nlines.png", "two lines.png"),
        ("nul\0byte.png", "nul byte.png"),
        ("Screenshot 2026-11-23 at 10.15", "Screenshot 2026-11-23 at 10.15.png"),
        ("A\u030asa.png", "\u00c5sa.png"),
        ("half \ud800 sign.png", "half sign.png"),
        ("é" * 300 + ".png", "é" * 136 + ".png"),
        ("x" * 300, "x" * 140 + ".png"),
    ],
)
def test_names_are_cleaned_and_shown(given_name: str, shown: str) -> None:
    assert names.fit(given_name, kinds.PNG) == (shown, "image/png")


@given(st.text(max_size=400))
def test_no_name_is_dangerous_or_too_long(name: str) -> None:
    clean = names.clean(name)
    assert 0 < len(clean) <= names.MAX_NAME - 10
    assert clean.isprintable()
    assert not clean.startswith((".", "-", " "))
    assert "/" not in clean
    assert "\\" not in clean


@given(st.binary(max_size=3000))
def test_nothing_confuses_the_reader_of_contents(content: bytes) -> None:
    assert kinds.identify(io.BytesIO(content)).looks_like


@given(st.binary(max_size=300), st.integers(0, 400))
def test_no_broken_archive_confuses_it(noise: bytes, at: int) -> None:
    whole = samples.document()
    broken = whole[:at] + noise + whole[at + len(noise) :]
    assert kinds.identify(io.BytesIO(b"PK\x03\x04" + broken[4:])).looks_like


def test_a_removed_file_keeps_only_what_it_was() -> None:
    assert names.placeholder("passport of Bea Ortiz.PDF") == "file.pdf"
