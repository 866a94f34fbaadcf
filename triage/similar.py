"""Past conversations like a new one: the last few thousand, as vectors in the memory of the process that reads."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING, Protocol

import numpy as np

from triage.artefacts import Loaded
from triage.models import Verdict
from triage.texts import Wording, texts_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

REMEMBERED = 4_000  # conversations; a thousand take a megabyte
AT_FIRST = 1_500  # read again when a process or a model is new
LEAST = 0.6  # cosine; below it two messages only share a language
MOST = 3
SHORTEST = 12  # characters: greetings are all alike


class Asked(Protocol):
    """What is looked for."""

    @property
    def wording(self) -> Wording: ...


class Memory:
    """Vectors of conversations under one model, the oldest forgotten first."""

    def __init__(self, model: Loaded) -> None:
        self.version = model.version.pk
        self._model = model
        self._keys: list[int] = []
        self._vectors: Vectors | None = None
        self.learn(_read_before(AT_FIRST))

    def learn(self, wordings: Sequence[Wording]) -> Vectors | None:
        """Remember these; their vectors."""
        if not wordings:
            return None
        fresh: Vectors = self._model.classifier.vectors([each.opening for each in wordings])
        keys = {each.conversation for each in wordings}
        kept = [at for at, key in enumerate(self._keys) if key not in keys][-(REMEMBERED - len(wordings)) :]
        old = [] if self._vectors is None else [self._vectors[kept]]
        self._keys = [self._keys[at] for at in kept] + [each.conversation for each in wordings]
        self._vectors = np.concatenate([*old, fresh])
        return fresh

    def like(self, wordings: Sequence[Wording]) -> dict[int, list[int]]:
        """Of each conversation, by its key: keys of those most like it, most alike first."""
        telling = [each for each in wordings if len(each.opening) >= SHORTEST]
        vectors = self.learn(telling)
        if vectors is None or self._vectors is None:
            return {}
        alike = vectors @ self._vectors.T
        keys = [each.conversation for each in telling]
        return {key: self._nearest(key, row) for key, row in zip(keys, alike, strict=True)}

    def _nearest(self, own: int, alike: Vectors) -> list[int]:
        most = min(MOST + 1, len(alike))
        best = np.argpartition(-alike, most - 1)[:most]
        near = sorted((at for at in best if alike[at] >= LEAST), key=lambda at: -alike[at])
        return [self._keys[at] for at in near if self._keys[at] != own][:MOST]


_memory: Memory | None = None
_thinking = Lock()


def find(asked: Sequence[Asked], model: Loaded) -> dict[int, list[int]]:
    """Of each conversation that is asked about, by its key: keys of past ones most like it."""
    global _memory  # noqa: PLW0603 - one to a process, and gone with its model
    with _thinking:
        if _memory is None or _memory.version != model.version.pk:
            _memory = Memory(model)
        return _memory.like([each.wording for each in asked])


def _read_before(most: int) -> list[Wording]:
    """Wordings of the conversations that were read last, the latest at the end."""
    keys = list(Verdict.objects.filter(is_last=True).order_by("-pk").values_list("conversation", flat=True)[:most])
    texts = texts_of(reversed(keys))
    return [each for each in texts.values() if len(each.opening) >= SHORTEST]
