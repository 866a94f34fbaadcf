"""Our reading of texts must give the numbers that scikit-learn and the tokenizer's own library give."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

from tests.triage.learning_data import desk
from triage.learning import static, terms, wordpiece


def _is_settled(sign: str) -> bool:
    """Whether Unicode has read it the same way for twenty years: each library goes by a version of its own."""
    return unicodedata.category(sign) == unicodedata.ucd_3_2_0.category(sign) != "Cn"


ASSIGNED = st.characters(max_codepoint=0x9FFF, exclude_categories=("Cs", "Cn", "Co", "Mn")).filter(_is_settled)
MESSY = st.lists(
    st.one_of(
        st.sampled_from(desk(4)[0]), st.text(max_size=40), st.sampled_from(["Ä ÖL", "ﬁne ǅ", "日本語 です", "İ ẞ"])
    ),
    min_size=1,
    max_size=6,
).map(" ".join)


def _theirs(texts: list[str], asked: list[str]) -> csr_matrix:
    word = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, strip_accents="unicode")
    part = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2, strip_accents="unicode")
    halves = [machine.fit(texts).transform(asked) for machine in (word, part)]
    return hstack(halves).tocsr()


@settings(max_examples=60, deadline=None)
@given(st.lists(MESSY, max_size=5), st.lists(MESSY, min_size=1, max_size=4))
def test_numbers_are_those_of_scikit_learn(more: list[str], asked: list[str]) -> None:
    learnt = [*desk(5)[0], *more]
    ours, _ = terms.learn(learnt).mark_many(asked)
    theirs = _theirs(learnt, asked)
    assert ours.shape == theirs.shape
    assert abs(ours - theirs).max() < 1e-6


@settings(max_examples=60, deadline=None)
@given(MESSY)
def test_one_message_reads_as_it_does_among_many(text: str) -> None:
    learnt = terms.learn([*desk(5)[0], text[: len(text) // 2]])
    one = learnt.mark(text)
    rows, drift = learnt.mark_many(["other", text])
    assert np.array_equal(one.columns, rows[1].indices)
    assert np.allclose(one.values, rows[1].data, atol=1e-6)
    assert drift[1] == pytest.approx(1 - one.seen / one.total if one.total else 1)


def test_columns_stay_right_when_the_memory_of_words_overflows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terms, "REMEMBERED", 3)
    texts = desk(5)[0]
    assert abs(terms.learn(texts).mark_many(texts)[0] - _theirs(texts, texts)).max() < 1e-6


@pytest.fixture(scope="module")
def reference() -> Tokenizer:
    made = Tokenizer(WordPiece(wordpiece.vocabulary(), unk_token="[UNK]"))
    made.normalizer = BertNormalizer(lowercase=True)
    made.pre_tokenizer = BertPreTokenizer()
    return made


@settings(max_examples=200, deadline=None)
@given(text=st.text(ASSIGNED, max_size=60))
def test_word_pieces_are_those_of_the_tokenizer(reference: Tokenizer, text: str) -> None:
    assert wordpiece.pieces(text) == reference.encode(text, add_special_tokens=False).ids


def test_half_a_surrogate_pair_is_no_word_piece() -> None:
    assert wordpiece.pieces("card \ud800") == wordpiece.pieces("card")


def test_a_word_without_end_is_one_unknown_piece() -> None:
    assert wordpiece.pieces("x" * 101) == [wordpiece.UNKNOWN]


def test_framed_text_is_cut_to_its_length() -> None:
    framed = wordpiece.framed("hello " * 500, 128)
    assert (len(framed), framed[0], framed[-1]) == (128, wordpiece.START, wordpiece.END)


def test_like_words_lie_near_and_a_text_without_words_nowhere() -> None:
    bill, invoice, football, nothing = static.embed(["the bill is wrong", "wrong invoice", "football match", ""])
    assert bill @ invoice > bill @ football + 0.2
    assert np.linalg.norm(bill) == pytest.approx(1, abs=1e-5)
    assert not nothing.any()


def test_the_shipped_table_fits_the_vocabulary() -> None:
    assert static.table().shape == (len(wordpiece.vocabulary()), static.SIZE)
    assert len(wordpiece.vocabulary()) == 30_522
