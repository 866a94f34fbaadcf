"""Pictures are written anew: what is kept of them, what is not, and a decoder that is not trusted."""

from __future__ import annotations

import io
import threading
from pathlib import Path

import pytest
from PIL import Image

from conversations.errors import Refusal
from conversations.files import images, storage
from tests.conversations import samples
from tests.conversations.uploads import Browser, error_of, kept, stored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


def test_photos_lose_what_they_tell_beside_the_picture() -> None:
    row = kept(samples.photo_with_place(), "a.jpg", Browser().uploader)
    content = storage.blob(row.blob).read_bytes()
    assert (row.width, row.height) == (40, 60)  # it lay on its side
    assert samples.GPS.encode() not in content
    with Image.open(io.BytesIO(content)) as image:
        assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (40, 60), {})


def test_what_hides_around_a_picture_is_gone() -> None:
    row = kept(samples.png_with_texts(), "a.png", Browser().uploader)
    content = storage.blob(row.blob).read_bytes()
    assert samples.GPS.encode() not in content
    assert b"<script>" not in content


@pytest.mark.parametrize(
    ("form", "mode", "becomes"),
    [
        ("JPEG", "CMYK", "RGB"),
        ("JPEG", "L", "L"),
        ("PNG", "I;16", "L"),
        ("PNG", "LA", "LA"),
        ("PNG", "RGBA", "RGBA"),
        ("PNG", "P", "P"),
        ("PNG", "1", "1"),
        ("WEBP", "RGBA", "RGBA"),
    ],
)
def test_every_kind_of_pixel_becomes_one_that_browsers_show(form: str, mode: str, becomes: str) -> None:
    row = kept(samples.picture(form, mode), f"a.{ {'JPEG': 'jpg'}.get(form, form.lower()) }", Browser().uploader)
    with Image.open(storage.blob(row.blob)) as image:
        assert (image.format, image.mode) == (form, becomes)


def test_large_pictures_get_a_thumbnail_and_small_ones_are_their_own() -> None:
    large = kept(samples.picture(size=(1600, 800)), "a.png", Browser().uploader)
    small = kept(samples.picture(size=(640, 20)), "a.png", Browser().uploader)
    with Image.open(storage.thumbnail(large.blob)) as image:
        assert (image.format, image.size) == ("WEBP", (640, 320))
    assert not storage.thumbnail(small.blob).exists()


def test_an_animation_keeps_its_frames_and_shows_its_first() -> None:
    content = samples.animation(10_000)
    row = kept(content, "a.gif", Browser().uploader)
    assert storage.blob(row.blob).read_bytes() == content
    with Image.open(storage.thumbnail(row.blob)) as image:
        assert (image.format, getattr(image, "n_frames", 1)) == ("WEBP", 1)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
@pytest.mark.parametrize("kept_share", [0.2, 0.6, 0.95])
def test_damaged_pictures_are_refused(form: str, kept_share: float, media: Path) -> None:
    made = io.BytesIO()
    Image.effect_noise((200, 200), 90).save(made, form)
    whole = made.getvalue()
    name = f"a.{form.lower()}".replace("jpeg", "jpg")
    with pytest.raises(Refusal) as caught:
        kept(whole[: int(len(whole) * kept_share)], name, Browser().uploader)
    assert caught.value.code == "image_damaged"
    assert stored(media) == []


def test_a_decoder_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, media: Path) -> None:
    endless = tmp_path / "endless.py"
    endless.write_text("while True: pass")
    monkeypatch.setattr(images, "_PROGRAM", endless)
    monkeypatch.setattr(images, "_SECONDS", 0.3)
    with pytest.raises(Refusal) as caught:
        kept(samples.picture(), "a.png", Browser().uploader)
    assert caught.value.code == "image_damaged"
    assert stored(media) == []


def test_a_crowd_of_pictures_is_asked_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "_places", threading.BoundedSemaphore(1))
    with images._places:
        answer = Browser().upload("a.png", samples.picture())
        assert error_of(answer)[:2] == (503, "busy")
        assert answer["Retry-After"]
        assert Browser().upload("a.txt", b"no picture").status_code == 201
    assert Browser().upload("a.png", samples.picture()).status_code == 201


def test_decoders_know_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PARLEY_SECRET_KEY", "canary-in-the-environment")
    told = tmp_path / "told"
    curious = tmp_path / "curious.py"
    curious.write_text(f"import os; open({str(told)!r}, 'w').write(repr(dict(os.environ))); raise SystemExit(3)")
    monkeypatch.setattr(images, "_PROGRAM", curious)
    with pytest.raises(Refusal):
        kept(samples.picture(), "a.png", Browser().uploader)
    assert "canary" not in told.read_text()
