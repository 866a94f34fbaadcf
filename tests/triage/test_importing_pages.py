"""A file in the browser: sent, looked at, told what it means, and watched."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from conversations.models import Topic
from helpdesk import bodies
from tests.triage.learning_desk import NOON
from tests.triage.test_importing import ROWS, as_csv
from triage import actions
from triage.actions.importing import tables
from triage.models import Example, Import

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("imports")]


def send(browser: Client, content: bytes = b"", name: str = "rows.csv") -> str:
    file = SimpleUploadedFile(name, content or as_csv(ROWS))
    return browser.post("/triage/imports/", {"file": file}, follow=True).content.decode()


def test_the_whole_way(browser: Client) -> None:
    shipping = Topic.objects.create(name="delivery")
    text = send(browser)
    batch = Import.objects.get()
    assert "Where is my parcel?" in text
    assert '<input type="checkbox" name="text" value="message" checked>' in text
    assert f'<option value="{shipping.pk}" selected>delivery</option>' in text
    chosen = {"text": ["message"], "topic": "topic", "priority": "priority"}
    mapped = {"value": ["Delivery", "Login"], "target": [str(shipping.pk), "skip"], "others": "new"}
    answer = browser.post(f"/triage/imports/{batch.pk}/", {**chosen, **mapped})
    assert answer.status_code == 302
    assert 'hx-trigger="every 2s"' in browser.get("/triage/imports/").content.decode()
    actions.run_import(Import.objects.get(), lambda: NOON)
    text = browser.get("/triage/imports/progress/").content.decode()
    assert 'hx-trigger="every 2s"' not in text
    assert "1 already known" in text
    assert "2 without a topic, or left out" in text
    assert {each.topic for each in Example.objects.all()} == {shipping, Topic.objects.get(name="Refund")}


def test_the_same_file_again_is_known(browser: Client) -> None:
    send(browser)
    batch = Import.objects.get()
    actions.choose(batch, text=["message"], topic="topic", by=None, now=NOON)
    actions.run_import(batch, lambda: NOON)
    assert "nothing is read twice" in send(browser)


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"a,a\n1,2", "rows.csv", "more than one column “a”"),
        (b"PK", "rows.xlsx", "Send a CSV, JSONL or Parquet file."),
        (b"PAR1", "rows.parquet", "not a Parquet file"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(browser: Client, content: bytes, name: str, said: str) -> None:
    assert said in send(browser, content, name)


def test_without_a_file_nothing_happens(browser: Client) -> None:
    assert "Choose a file first." in browser.post("/triage/imports/", follow=True).content.decode()


def test_a_column_that_holds_no_topics_is_refused(browser: Client) -> None:
    send(browser, as_csv([{"message": f"m{at}", "topic": f"t{at}"} for at in range(600)]))
    answer = browser.get(f"/triage/imports/{Import.objects.get().pk}/")
    assert answer.status_code == 422
    assert "600 different values; topics are 500 at most" in answer.content.decode()


def test_an_unknown_column_is_refused(browser: Client) -> None:
    send(browser)
    answer = browser.post(f"/triage/imports/{Import.objects.get().pk}/", {"text": "nope", "topic": "topic"})
    assert answer.status_code == 422
    assert "There is no column “nope” in the file; it has message, topic, priority." in answer.content.decode()


def test_words_of_a_file_stay_words(browser: Client) -> None:
    text = send(browser, as_csv([{"<b>message</b>": "<script>alert(1)</script>", "topic": "<i>t</i>"}]), "<u>.csv")
    assert "<script>alert" not in text
    assert "<i>t</i>" not in text
    assert "<u>.csv" not in text


def test_a_body_may_be_as_long_as_a_file() -> None:
    assert bodies._limit("/triage/imports/") > tables.LARGEST
    assert bodies._limit("/triage/models/") < tables.LARGEST
    assert bodies._too_large("/triage/imports/", None).status == 413
