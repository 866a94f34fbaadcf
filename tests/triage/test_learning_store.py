from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sklearn
from skops import io as skops_io

from tests.triage.learning_data import DESCRIPTIONS, desk
from triage.learning import Classifier, ModelUnusable, fit, load, save
from triage.learning.packing import pack


@pytest.fixture(scope="module")
def learnt() -> Classifier:
    return fit(*desk(10), descriptions=DESCRIPTIONS)


@pytest.fixture
def stored(learnt: Classifier, tmp_path: Path) -> Path:
    path = tmp_path / "models" / "topics.skops"
    save(learnt, path, card={"created_at": "2026-01-01T00:00:00Z", "data": "made up"})
    return path


def test_what_is_loaded_reads_exactly_as_what_was_saved(learnt: Classifier, stored: Path) -> None:
    texts = desk(5, seed=3)[0]
    assert load(stored).read_many(texts, reasons=4) == learnt.read_many(texts, reasons=4)


def test_the_card_says_what_the_model_is(learnt: Classifier, stored: Path) -> None:
    card = json.loads(stored.with_name("topics.skops.json").read_text())
    assert card["data"] == "made up"
    assert card["labels"] == list(learnt.labels)
    assert card["scikit_learn"] == sklearn.__version__
    assert load(stored, sha256=card["sha256"]).labels == learnt.labels
    assert card["bytes"] == stored.stat().st_size


def test_saving_leaves_no_draft_behind(stored: Path) -> None:
    assert sorted(path.name for path in stored.parent.iterdir()) == ["topics.skops", "topics.skops.json"]


def test_packing_what_was_unpacked_changes_nothing(learnt: Classifier, stored: Path) -> None:
    once, again = pack(learnt), pack(load(stored))
    assert np.array_equal(once["heads"][0]["weights"], again["heads"][0]["weights"])
    assert np.array_equal(once["heads"][0]["power"], again["heads"][0]["power"])
    assert np.array_equal(once["heads"][1]["weights"], again["heads"][1]["weights"])


class _Canary:
    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path("canary"),)


def _changed(learnt: Classifier, **changes: object) -> bytes:
    made: bytes = skops_io.dumps({**pack(learnt), "scikit_learn": sklearn.__version__, **changes})
    return made


def _unusable(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    with pytest.raises(ModelUnusable) as caught:
        load(path)
    return caught.value.reason


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelUnusable, match=r"topics.skops cannot be read: No such file"):
        load(tmp_path / "topics.skops")


def test_an_empty_or_cut_off_file_is_told(stored: Path) -> None:
    whole = stored.read_bytes()
    assert "is empty" in _unusable(stored, b"")
    for length in (1, 100, len(whole) // 2, len(whole) - 1):
        assert "cut off" in _unusable(stored, whole[:length])


def test_a_pickle_is_not_opened(stored: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "pickle" in _unusable(stored, pickle.dumps(_Canary()))
    assert not (tmp_path / "canary").exists()


def test_types_of_strangers_are_refused(stored: Path) -> None:
    assert "types" in _unusable(stored, skops_io.dumps({"scikit_learn": sklearn.__version__, "x": ModelUnusable("")}))


def test_a_changed_file_is_noticed(stored: Path) -> None:
    content = bytearray(stored.read_bytes())
    card = json.loads(stored.with_name("topics.skops.json").read_text())
    content[len(content) // 2] ^= 1
    stored.write_bytes(content)
    with pytest.raises(ModelUnusable, match="checksum"):
        load(stored, sha256=card["sha256"])


def test_other_versions_and_other_things_are_refused(learnt: Classifier, stored: Path) -> None:
    assert "made with scikit-learn 0.1.0" in _unusable(stored, _changed(learnt, scikit_learn="0.1.0"))
    assert "format" in _unusable(stored, _changed(learnt, format=99))
    assert "no model of ours" in _unusable(stored, skops_io.dumps([1, 2, 3]))


@pytest.mark.parametrize(
    "changes",
    [
        {"labels": ["refund", "login"]},
        {"labels": ["refund"] * 4},
        {"phrases": np.frombuffer(b"one\ntwo", dtype=np.uint8)},
        {"mixture": np.array([np.nan, 1.0])},
        {"heads": []},
        {"detector": {}},
    ],
)
def test_parts_that_do_not_fit_are_refused(learnt: Classifier, stored: Path, changes: dict[str, object]) -> None:
    assert "damaged" in _unusable(stored, _changed(learnt, **changes))


def test_another_taxonomy_is_refused(stored: Path) -> None:
    assert load(stored, labels=["delivery", "invoice", "login", "refund", "more"]).labels
    with pytest.raises(ModelUnusable, match="another taxonomy: it knows the topic 'invoice'"):
        load(stored, labels=["delivery", "login", "refund"])
