"""A model that cannot be used switches triage off with one sentence, and nothing else."""

from __future__ import annotations

import logging
import pickle
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings
from skops import io as skops_io

from conversations.models import Topic
from helpdesk import health
from triage import artefacts
from triage.artefacts import Disabled, Loaded
from triage.learning import fit, save
from triage.models import Desk, ModelVersion, TopicProfile

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
EXAMPLES = {
    "refund": ["I want my money back", "please refund my order", "when is my refund paid"],
    "login": ["I cannot sign in", "my password does not work", "sign in fails with my password"],
}


class Stranger:
    """Of a type that no model of ours holds."""


@pytest.fixture(autouse=True)
def models(tmp_path: Path, settings: Settings, db: None) -> Path:
    settings.MODELS_ROOT = tmp_path / "models"
    artefacts._kept.clear()
    return tmp_path / "models"


@pytest.fixture
def version(models: Path) -> ModelVersion:
    """The champion, with a file that can be read."""
    topics = {name: Topic.objects.create(name=name.title()).pk for name in EXAMPLES}
    rows = [(text, name) for name, texts in EXAMPLES.items() for text in texts]
    trained = fit([text for text, _ in rows], [name for _, name in rows])
    sha256 = save(trained, artefacts.path_of("one.skops"), card={})
    return ModelVersion.objects.create(
        state="champion",
        pipeline="light",
        file="one.skops",
        sha256=sha256,
        library=artefacts.library(),
        topics=topics,
        created_at=NOW,
    )


def write(version: ModelVersion, content: bytes, *, signed: bool = True) -> None:
    """Put something else in the model's place; `signed`: the row believes it."""
    path = artefacts.path_of(version.file)
    path.write_bytes(content)
    if signed:
        version.sha256 = artefacts._digest(path, artefacts._stamp(path) or (0, 0))
        version.save()


def test_the_champion_is_loaded_with_its_topics(version: ModelVersion) -> None:
    found = artefacts.current()
    assert isinstance(found, Loaded)
    assert found.classifier.read("I want a refund").label == "refund"
    assert found.topics == version.topics
    assert artefacts.shadow() == Disabled("no model watches")


def test_without_a_model_there_is_a_reason() -> None:
    found = artefacts.current()
    assert isinstance(found, Disabled)
    assert "train one" in found.reason


def test_a_call_costs_one_query_and_reads_the_file_once(
    version: ModelVersion, django_assert_num_queries: Callable[[int], Any]
) -> None:
    first = artefacts.current()
    with django_assert_num_queries(1):
        second = artefacts.current()
    assert isinstance(first, Loaded)
    assert isinstance(second, Loaded)
    assert first.classifier is second.classifier


def test_another_champion_is_noticed(version: ModelVersion) -> None:
    assert isinstance(artefacts.current(), Loaded)
    trained = fit(["red", "blue"], ["refund", "login"])
    sha256 = save(trained, artefacts.path_of("two.skops"), card={})
    version.state = "retired"
    version.save()
    fresh = ModelVersion.objects.create(
        state="champion",
        pipeline="light",
        file="two.skops",
        sha256=sha256,
        library=artefacts.library(),
        topics=version.topics,
        created_at=NOW,
    )
    found = artefacts.current()
    assert isinstance(found, Loaded)
    assert found.version == fresh


def test_a_topic_that_is_switched_off_is_not_given(version: ModelVersion) -> None:
    TopicProfile.objects.create(topic_id=version.topics["login"], is_active=False)
    found = artefacts.current()
    assert isinstance(found, Loaded)
    assert set(found.topics) == {"refund"}


class Canary:
    """Writes a file when somebody unpickles it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, tuple[str, str]]:
        return open, (str(self.path), "w")


@pytest.mark.parametrize("signed", [True, False])
def test_a_pickle_is_never_opened(version: ModelVersion, tmp_path: Path, signed: bool) -> None:
    canary = tmp_path / "canary"
    write(version, pickle.dumps(Canary(canary)), signed=signed)
    assert isinstance(artefacts.current(), Disabled)
    assert not canary.exists()
    pickle.loads(pickle.dumps(Canary(canary)))
    assert canary.exists()  # it would have sung


def unknown_type() -> bytes:
    return bytes(skops_io.dumps({"labels": [Stranger()]}))


def truncated(version: ModelVersion) -> bytes:
    return artefacts.path_of(version.file).read_bytes()[:-500]


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (lambda version: artefacts.path_of(version.file).unlink(), "is missing"),
        (lambda version: write(version, b""), "is empty"),
        (lambda version: write(version, truncated(version), signed=False), "its checksum is different"),
        (lambda version: write(version, truncated(version)), "one.skops"),
        (lambda version: write(version, unknown_type()), "one.skops"),
        (lambda version: ModelVersion.objects.update(library="9.1.0"), "made with scikit-learn 9.1.0"),
        (
            lambda version: Topic.objects.filter(name="Login").delete(),
            "1 of the 2 topics that the model gives are gone",
        ),
        (lambda version: ModelVersion.objects.update(topics={"other": 1, "login": 2}), ""),
    ],
    ids=["missing", "empty", "tampered", "truncated", "unknown type", "other library", "topic gone", "other labels"],
)
def test_harm_disables_with_a_reason_and_one_line(
    version: ModelVersion, harm: Callable[[ModelVersion], object], reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    harm(version)
    with caplog.at_level(logging.ERROR):
        found = [artefacts.current() for _ in range(3)]
    assert all(isinstance(each, Disabled) and reason in each.reason for each in found)
    assert len([record for record in caplog.records if record.name == "triage.artefacts"]) == 1


def test_a_file_that_is_put_right_works_again(version: ModelVersion) -> None:
    path = artefacts.path_of(version.file)
    whole = path.read_bytes()
    write(version, b"nonsense", signed=False)
    assert isinstance(artefacts.current(), Disabled)
    path.write_bytes(whole)
    assert isinstance(artefacts.current(), Loaded)


def test_a_model_of_another_archive_is_no_model(version: ModelVersion, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("schema.json", "{}")
    write(version, (tmp_path / "other.zip").read_bytes())
    assert isinstance(artefacts.current(), Disabled)


@pytest.mark.parametrize("mode", ["on", "shadow"])
def test_readiness_tells_how_the_model_is(version: ModelVersion, mode: str) -> None:
    assert artefacts.standing() == "off"
    Desk.objects.create(pk=1, mode=mode)
    assert artefacts.standing() == "ok"
    write(version, truncated(version), signed=False)
    assert "its checksum is different" in artefacts.standing()
    artefacts.path_of(version.file).unlink()
    assert artefacts.standing() == "disabled: the model file one.skops is missing"
    version.delete()
    assert artefacts.standing() == "disabled: no model decides yet"


async def test_a_disabled_model_makes_nothing_unready(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fine() -> str:
        return "ok"

    async def both() -> tuple[str, str]:
        return "ok", "ok"

    monkeypatch.setattr(health, "_postgres", fine)
    monkeypatch.setattr(health, "_valkey_and_worker", both)
    monkeypatch.setattr(health, "_ask_model", lambda: "disabled: the model file is missing")
    status, body = await health.readiness()
    assert status == 200
    assert body["status"] == "ok"
    assert body["checks"]["model"] == "disabled: the model file is missing"


def test_models_lie_where_only_the_desk_looks(models: Path) -> None:
    assert artefacts.folder() == models
    assert models.stat().st_mode & 0o777 == 0o700


def test_files_nobody_names_are_removed_when_old(version: ModelVersion) -> None:
    stray = artefacts.path_of("stray.skops")
    stray.write_bytes(b"left by a training that was killed")
    written = stray.stat().st_mtime
    assert artefacts.discard_unknown(written - 1) == 0
    assert artefacts.discard_unknown(written + 1000) == 1
    assert isinstance(artefacts.current(), Loaded)


def test_the_priority_model_is_optional(version: ModelVersion) -> None:
    trained = fit(["now", "later"], ["urgent", "low"])
    sha256 = save(trained, artefacts.path_of("prio.skops"), card={})
    version.reference = {"priority": {"file": "prio.skops", "sha256": sha256}}
    version.save()
    artefacts._kept.clear()
    found = artefacts.current()
    assert isinstance(found, Loaded)
    assert found.priority is not None
    artefacts.path_of("prio.skops").unlink()
    artefacts._kept.clear()
    found = artefacts.current()
    assert isinstance(found, Loaded)
    assert found.priority is None
