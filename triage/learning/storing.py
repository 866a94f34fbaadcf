"""Models as files: skops only, checked before use, described beside."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sklearn
import skops
from skops import io as skops_io

from triage.learning.classifier import Classifier
from triage.learning.kinds import ModelUnusable


def save(classifier: Classifier, path: Path, *, card: Mapping[str, Any]) -> str:
    """Write the model to `path` and its card to `path`.json, each in one step; return the model's sha256 (hex)."""
    blob: bytes = skops_io.dumps(classifier.state)
    digest = hashlib.sha256(blob).hexdigest()
    about = {
        **card,
        "sha256": digest,
        "scikit_learn": sklearn.__version__,
        "skops": skops.__version__,
        "pipeline": classifier.pipeline,
        "labels": list(classifier.labels),
    }
    _replace(path, blob)
    _replace(card_path(path), (json.dumps(about, indent=1, ensure_ascii=False) + "\n").encode())
    return digest


def card_path(path: Path) -> Path:
    return path.with_name(path.name + ".json")


def _replace(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def load(path: Path, *, sha256: str | None = None) -> Classifier:
    """The classifier stored at `path`. Raises ModelUnusable."""
    try:
        blob = path.read_bytes()
    except OSError as error:
        raise ModelUnusable(f"the model file {path.name} cannot be read: {error.strerror}") from error
    if not blob:
        raise ModelUnusable(f"the model file {path.name} is empty")
    if sha256 is not None and hashlib.sha256(blob).hexdigest() != sha256:
        raise ModelUnusable(f"the model file {path.name} is not the one that was stored: its checksum is different")
    try:
        return Classifier(skops_io.loads(blob, trusted=[]))
    except Exception as error:
        raise ModelUnusable(f"the model file {path.name} is not a model of ours: {error}") from error
