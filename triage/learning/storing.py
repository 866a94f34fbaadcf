"""Models as files: skops only, checked before use, described beside."""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import sklearn
import skops
from skops import io as skops_io
from skops.io.exceptions import UntrustedTypesFoundException

from triage.learning.classifier import Classifier
from triage.learning.kinds import ModelUnusable
from triage.learning.packing import pack, unpack

LARGEST = 2**31  # bytes that a model may unfold to


def save(classifier: Classifier, path: Path, *, card: Mapping[str, Any]) -> str:
    """Write the model to `path`, and its card to `path`.json, each in one step; return the model's sha256 (hex).

    `card` should say when the model was made (`created_at`), its scores, and what it learnt from.
    """
    state = {**pack(classifier), "scikit_learn": sklearn.__version__}
    blob: bytes = skops_io.dumps(state, compression=zipfile.ZIP_DEFLATED, compresslevel=6)
    digest = hashlib.sha256(blob).hexdigest()
    about = {
        **card,
        "sha256": digest,
        "bytes": len(blob),
        "scikit_learn": sklearn.__version__,
        "skops": skops.__version__,
        "pipeline": classifier.pipeline,
        "labels": list(classifier.labels),
        "threshold": classifier.threshold,
    }
    _replace(path, blob)
    _replace(card_path(path), (json.dumps(about, indent=1, ensure_ascii=False) + "\n").encode())
    return digest


def card_path(path: Path) -> Path:
    """Where the card of the model at `path` lies."""
    return path.with_name(path.name + ".json")


def _replace(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def load(path: Path, *, sha256: str | None = None, labels: Collection[str] | None = None) -> Classifier:
    """The classifier stored at `path`.

    Raises ModelUnusable if the file is missing, empty, cut off, a pickle, of unknown types, not the one with this
    `sha256`, of another scikit-learn, or knows labels that are not among `labels`.
    """
    blob = _content(path)
    if sha256 is not None and hashlib.sha256(blob).hexdigest() != sha256:
        raise ModelUnusable(f"the model file {path.name} is not the one that was stored: its checksum is different")
    made = _unpacked(_state(blob, path.name), path.name)
    foreign = sorted(set(made.labels) - set(labels)) if labels is not None else []
    if foreign:
        raise ModelUnusable(f"the model file {path.name} is of another taxonomy: it knows the topic {foreign[0]!r}")
    return made


def _content(path: Path) -> bytes:
    try:
        blob = path.read_bytes()
    except OSError as error:
        raise ModelUnusable(f"the model file {path.name} cannot be read: {error.strerror}") from error
    if not blob:
        raise ModelUnusable(f"the model file {path.name} is empty")
    if blob[:1] == b"\x80":
        raise ModelUnusable(f"the model file {path.name} is a pickle, which could run anything, and is not opened")
    return blob


def _state(blob: bytes, name: str) -> dict[str, Any]:
    """Only plain types and arrays come through: no type is trusted beyond those skops itself knows to be harmless."""
    try:
        size = _unfolded(blob)
        state = skops_io.loads(blob, trusted=[]) if size <= LARGEST else None
    except zipfile.BadZipFile as error:
        raise ModelUnusable(f"the model file {name} is cut off, or no model at all") from error
    except UntrustedTypesFoundException as error:
        raise ModelUnusable(
            f"the model file {name} holds types that a model of ours has not, and is not opened"
        ) from error
    except Exception as error:
        raise ModelUnusable(f"the model file {name} is damaged: {type(error).__name__}") from error
    if not isinstance(state, dict) or "scikit_learn" not in state:
        raise ModelUnusable(f"the model file {name} is no model of ours")
    return state


def _unfolded(blob: bytes) -> int:
    with zipfile.ZipFile(io.BytesIO(blob)) as archive:
        return sum(entry.file_size for entry in archive.infolist())


def _unpacked(state: dict[str, Any], name: str) -> Classifier:
    made, here = str(state["scikit_learn"]), sklearn.__version__
    if made.split(".")[:2] != here.split(".")[:2]:
        raise ModelUnusable(f"the model file {name} was made with scikit-learn {made}, and here is {here}; train anew")
    try:
        return unpack(state)
    except Exception as error:
        raise ModelUnusable(f"the model file {name} is damaged: {type(error).__name__}: {error}") from error
