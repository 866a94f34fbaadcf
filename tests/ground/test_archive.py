"""Backup and restore, from one desk into another."""

from __future__ import annotations

import json
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk import Desk

pytestmark = pytest.mark.engines

HIRE = "from people.models import Agent; Agent.objects.create_user(email='{0}@example.com', name='{0}', password='x')"
NAMES = (
    "from people.models import Agent; print('agents:', *Agent.objects.order_by('name').values_list('name', flat=True))"
)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, Path]]:
    """A desk with an agent and an attachment, and its backup."""
    desk = Desk(Path(tempfile.mkdtemp(prefix="parley-written-")))
    desk.manage("migrate", "-v", "0")
    desk.manage("shell", "-v", "0", "-c", HIRE.format("Ada"))
    (desk.paths.media / "2026").mkdir(parents=True)
    (desk.paths.media / "2026" / "picture.png").write_bytes(bytes(range(256)))
    desk.paths.models.mkdir(mode=0o700)
    (desk.paths.models / "run-1.skops").write_bytes(b"a model")
    file = tmp_path_factory.mktemp("backup") / "parley.tar"
    desk.manage("backup", str(file))
    yield desk, file
    desk.remove()


@pytest.fixture
def empty(own_desk: Desk) -> Desk:
    """A desk whose tables are there, and nothing in them."""
    own_desk.manage("migrate", "-v", "0")
    return own_desk


def agents(desk: Desk) -> str:
    return desk.manage("shell", "-v", "0", "-c", NAMES).partition("agents: ")[2].strip()


def test_backup_is_readable_for_its_owner_only(written: tuple[Desk, Path]) -> None:
    assert written[1].stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in written[1].parent.iterdir()] == ["parley.tar"]


def test_restore_brings_everything_back(written: tuple[Desk, Path], own_desk: Desk) -> None:
    former, file = written
    assert "restored" in own_desk.manage("restore", str(file))
    assert agents(own_desk) == "Ada"
    assert (own_desk.paths.media / "2026" / "picture.png").read_bytes() == bytes(range(256))
    modes = {entry.stat().st_mode & 0o7 for entry in (own_desk.paths.media, *own_desk.paths.media.rglob("*"))}
    assert modes == {0}
    assert (own_desk.paths.models / "run-1.skops").read_bytes() == b"a model"
    assert own_desk.paths.models.stat().st_mode & 0o777 == 0o700
    assert own_desk.paths.secret.read_text() == former.paths.secret.read_text()


def test_desk_in_use_is_replaced_only_by_force(written: tuple[Desk, Path], empty: Desk) -> None:
    empty.manage("shell", "-c", HIRE.format("Grace"))
    assert "this desk is in use; --force" in empty.manage("restore", str(written[1]), check=False)
    assert agents(empty) == "Grace"
    empty.manage("restore", "--force", str(written[1]))
    assert agents(empty) == "Ada"


@pytest.fixture
def damaged(written: tuple[Desk, Path], tmp_path: Path) -> Path:
    copy = tmp_path / "damaged.tar"
    copy.write_bytes(written[1].read_bytes()[:20_000])
    return copy


@pytest.fixture
def newer(written: tuple[Desk, Path], tmp_path: Path) -> Path:
    return _changed(written[1], tmp_path, migrations=["people.0999_from_the_future"])


@pytest.fixture
def incomplete(written: tuple[Desk, Path], tmp_path: Path) -> Path:
    return _changed(written[1], tmp_path, files=2)


def _changed(file: Path, directory: Path, **members: object) -> Path:
    with tarfile.open(file) as archive:
        archive.extractall(directory / "parts")
    manifest = directory / "parts" / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), **members}))
    with tarfile.open(directory / "changed.tar", "w") as archive:
        for part in filter(Path.is_file, (directory / "parts").rglob("*")):
            archive.add(part, str(part.relative_to(directory / "parts")))
    return directory / "changed.tar"


@pytest.fixture
def hostile(written: tuple[Desk, Path], tmp_path: Path) -> Path:
    copy = tmp_path / "hostile.tar"
    copy.write_bytes(written[1].read_bytes())
    with tarfile.open(copy, "a") as archive:
        archive.add(written[1], "media/../../../tmp/escaped")
    return copy


@pytest.mark.parametrize(
    ("fixture", "reason"),
    [
        ("damaged", "is not a backup of a desk"),
        ("hostile", "unexpected entry media/../../../tmp/escaped"),
        ("newer", "written by a newer Parley (people.0999_from_the_future)"),
        ("incomplete", "is incomplete: 1 of 2 attachments"),
    ],
)
def test_bad_file_is_refused_before_anything_changes(
    fixture: str, reason: str, own_desk: Desk, request: pytest.FixtureRequest
) -> None:
    file = request.getfixturevalue(fixture)
    assert reason in own_desk.manage("restore", str(file), check=False)
    assert "django_migrations" not in own_desk.manage("inspectdb")
