"""Which model decides now, ready to be asked; or why none does.

Models are files in the desk's state directory, described by rows. Both are looked at for every call: the rows by one
query, the file by asking for its time and size. Whatever is wrong with a file switches triage off with one sentence,
and leaves everything else of the desk alone.

`triage.learning` is imported where it is needed: web processes tell how the model is without ever loading scikit-learn.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.metadata import version as installed
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery

from conversations.models import Topic
from triage.models import Desk, ModelVersion

if TYPE_CHECKING:
    from triage.learning import Classifier

log = logging.getLogger(__name__)

Topics = Mapping[str, int]  # label → key of the Topic it stands for


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model that can be asked. `topics` leaves out labels that the desk has switched off or never had."""

    version: ModelVersion
    classifier: Classifier
    topics: Topics
    priority: Classifier | None = None  # learnt from priorities that people set, once there are enough


@dataclass(frozen=True, slots=True)
class Disabled:
    """`reason` is one clear sentence for whoever runs the desk."""

    reason: str


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was read of a version's files, and from which state of them."""

    stamp: tuple[Any, ...]
    found: Loaded | Disabled


_kept: dict[str, _Kept] = {}
_reading = Lock()


def folder() -> Path:
    """Where models lie; for the desk alone, because they hold words of customers."""
    path = Path(settings.MODELS_ROOT)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def path_of(name: str) -> Path:
    """The place of a model's file."""
    return folder() / Path(name).name


def current() -> Loaded | Disabled:
    """The model that decides."""
    return _of_state(ModelVersion.State.CHAMPION, "no model decides yet: train one, or start from the shipped topics")


def shadow() -> Loaded | Disabled:
    """The model that only watches."""
    return _of_state(ModelVersion.State.SHADOW, "no model watches")


def opened(version: ModelVersion) -> Loaded | Disabled:
    """Any version, read anew."""
    return _read(version, set(Topic.objects.values_list("pk", flat=True)))


def problem_of(version: ModelVersion) -> str:
    """What is wrong with a version, as far as can be told without loading it; empty when nothing is."""
    return _problem(version, set(Topic.objects.values_list("pk", flat=True)))


def standing() -> str:
    """For `/readyz`: ok, off, or disabled and why. Looks at rows and at the file's checksum, without loading it."""
    if Desk.current().mode == Desk.Mode.OFF:
        return "off"
    row = _row(ModelVersion.State.CHAMPION)
    if row is None:
        return "disabled: no model decides yet"
    problem = _problem(row, set(row.every))
    return f"disabled: {problem}" if problem else "ok"


def _of_state(state: ModelVersion.State, absent: str) -> Loaded | Disabled:
    row = _row(state)
    if row is None:
        return Disabled(absent)
    stamp = (row.pk, row.sha256, _stamp(path_of(row.file)), tuple(row.every))
    kept = _kept.get(state)
    if kept is None or kept.stamp != stamp:
        kept = _read_once(state, row, stamp)
    return _as_of_now(kept.found, row)


def _row(state: ModelVersion.State) -> Any:
    """The version in that state, with the keys of all topics (`every`) and of those that triage may give (`given`)."""
    topics = Topic.objects.order_by("pk")
    every = ArraySubquery(topics.values("pk"))
    given = ArraySubquery(topics.exclude(profile__is_active=False).values("pk"))
    return ModelVersion.objects.filter(state=state).annotate(every=every, given=given).first()


def _read_once(state: str, row: Any, stamp: tuple[Any, ...]) -> _Kept:
    """Threads that come at once wait for the first of them."""
    with _reading:
        kept = _kept.get(state)
        if kept is None or kept.stamp != stamp:
            kept = _kept[state] = _Kept(stamp, _read(row, set(row.every)))
            if isinstance(kept.found, Disabled):
                log.error("model %s is disabled: %s", row.pk, kept.found.reason)
        return kept


def _as_of_now(found: Loaded | Disabled, row: Any) -> Loaded | Disabled:
    if isinstance(found, Disabled):
        return found
    given = set(row.given)
    topics = {label: key for label, key in row.topics.items() if key in given}
    return replace(found, version=row, topics=topics)


def _read(version: ModelVersion, every: set[int]) -> Loaded | Disabled:
    problem = _problem(version, every)
    if problem:
        return Disabled(problem)
    from triage.learning import ModelUnusable, load

    try:
        classifier = load(path_of(version.file), sha256=version.sha256)
    except ModelUnusable as error:
        return Disabled(error.reason)
    if set(classifier.labels) != set(version.topics):
        return Disabled(f"the model file {version.file} has other topics than its version says")
    topics = {label: key for label, key in version.topics.items() if key is not None}
    return Loaded(version, classifier, topics, _priority(version))


def _priority(version: ModelVersion) -> Classifier | None:
    """Triage does without it where it cannot be read: words and moods still tell a priority."""
    about = version.reference.get("priority") or {}
    if not about.get("file"):
        return None
    from triage.learning import ModelUnusable, load

    try:
        return load(path_of(about["file"]), sha256=about["sha256"])
    except ModelUnusable as error:
        log.error("model %s goes without learnt priorities: %s", version.pk, error.reason)  # noqa: TRY400
        return None


def _problem(version: ModelVersion, every: set[int]) -> str:
    path = path_of(version.file)
    stamp = _stamp(path)
    if stamp is None:
        return f"the model file {path.name} is missing"
    if stamp[1] == 0:
        return f"the model file {path.name} is empty"
    if _series(version.library) != _series(library()):
        return f"the model was made with scikit-learn {version.library}, and this is {library()}: train again"
    if _digest(path, stamp) != version.sha256:
        return f"the model file {path.name} is not the one that was stored: its checksum is different"
    return _misfit(version, every)


def _misfit(version: ModelVersion, every: set[int]) -> str:
    gone = [label for label, key in version.topics.items() if key is not None and key not in every]
    if gone:
        return f"{len(gone)} of the {len(version.topics)} topics that the model gives are gone: train again"
    if not any(key is not None for key in version.topics.values()):
        return "none of the model's topics is a topic of this desk: train again"
    return ""


@cache
def library() -> str:
    """scikit-learn's version here."""
    return installed("scikit-learn")


def _series(version: str) -> tuple[str, ...]:
    return tuple(version.split(".")[:2])


def _stamp(path: Path) -> tuple[int, int] | None:
    """When the file was written (nanoseconds) and how long it is (bytes); None when it is not there."""
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_mtime_ns, seen.st_size


@lru_cache(maxsize=8)
def _digest(path: Path, stamp: tuple[int, int]) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def discard_unknown(before: float) -> int:
    """Remove files that no version names and that were last written before that moment (seconds since 1970)."""
    rows = ModelVersion.objects.values_list("file", "reference")
    known = {name for file, told in rows for name in (file, (told.get("priority") or {}).get("file")) if name}
    known |= {f"{name}.json" for name in known}
    gone = [path for path in folder().iterdir() if path.name not in known and path.stat().st_mtime < before]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def discard(version: ModelVersion) -> None:
    """Remove the files of a version that is too old to come back."""
    for name in (version.file, (version.reference.get("priority") or {}).get("file")):
        if name:
            path_of(name).unlink(missing_ok=True)
            path_of(f"{name}.json").unlink(missing_ok=True)


def adopt(source: Path, name: str) -> str:
    """Copy a model that comes with Parley to its place under `name`; returns its sha256 (hex)."""
    content = source.read_bytes()
    draft = folder() / f".{name}.{os.getpid()}"
    draft.write_bytes(content)
    draft.replace(path_of(name))
    return hashlib.sha256(content).hexdigest()
