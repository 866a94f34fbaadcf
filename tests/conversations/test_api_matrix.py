"""Who may do what: every operation of the API for every role, on what is theirs and on what is not.

The operations come from the URLconf and the OpenAPI document, so one without an entry here fails.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator

from conversations import actions, relay
from conversations.models import Conversation, Draft, Follower, Part, ReadMark, Tag
from people.models import Address, AttributeDefinition, Company, Customer, Role, Team
from tests.conversations.api import ROOT, Caller, caller, error, operations
from tests.conversations.desk import NOON, agent, conversation, customer, replies, says, team

pytestmark = pytest.mark.django_db

CANARY = "canary"
WRITING = ("post", "put", "patch", "delete")


@dataclass
class Place:
    """A conversation of a team, and all that hangs on it."""

    team: Team
    conversation: Conversation
    sibling: Conversation  # of the same customer
    company: Company

    @property
    def names(self) -> dict[str, Any]:
        """What stands in an address for each of its parts."""
        return {
            "conversations": self.conversation.public_id,
            "customers": self.conversation.customer.public_id,
            "companies": self.company.pk,
        }


def place(word: str) -> Place:
    company = Company.objects.create(name=f"{word} company", domain=f"{word}.example")
    bea = customer(f"{word} Ortiz", company=company)
    Address.objects.create(customer=bea, kind="email", value=f"{word}@mail.example")
    where = team()
    one, other = conversation(bea, team=where), conversation(bea, team=where)
    anna = agent(f"{word} Berg", teams=(where,))
    for each in (one, other):
        says(each, f"{word} never arrived")
        replies(each, anna, f"{word} is a regular", kind="note")
    return Place(where, one, other, company)


@dataclass
class Desk:
    """Everybody of the matrix; `ours` is the agent's team's, `theirs` another team's."""

    ours: Place = field(default_factory=lambda: place("plain"))
    theirs: Place = field(default_factory=lambda: place(CANARY))
    callers: dict[str, Caller] = field(default_factory=dict)

    def __post_init__(self) -> None:
        insider = agent(teams=(self.ours.team,))
        self.callers = {
            "none": Caller(),
            "outsider": caller(agent()),
            "agent": caller(insider),
            "reader": caller(insider, "read"),  # type: ignore[arg-type]
            "manager": caller(agent(role=Role.MANAGER)),
            "admin": caller(agent(role=Role.ADMIN)),
        }
        AttributeDefinition.objects.create(subject="conversation", key="order", label="Order")
        relay.drain(lambda: NOON)


@pytest.fixture
def desk() -> Desk:
    return Desk()


Body = Callable[[Place], Any]
NOTHING: Body = lambda place: None  # noqa: E731
MESSAGE = {"client_id": str(uuid.uuid4()), "body": "Hello", "kind": "note"}

# What each operation is given; the answer of those who may is the number, 200 unless told.
ENTRIES: dict[tuple[str, str], tuple[Body, int]] = {
    ("get", "conversations/"): (NOTHING, 200),
    ("get", "conversations/{id}/"): (NOTHING, 200),
    ("get", "conversations/{id}/parts/"): (NOTHING, 200),
    ("post", "conversations/{id}/parts/"): (lambda place: MESSAGE, 201),
    ("post", "conversations/{id}/parts/{number}/redaction/"): (NOTHING, 200),
    ("post", "conversations/{id}/closure/"): (NOTHING, 200),
    ("delete", "conversations/{id}/closure/"): (NOTHING, 200),
    ("put", "conversations/{id}/snooze/"): (lambda place: {"until": None}, 200),
    ("delete", "conversations/{id}/snooze/"): (NOTHING, 200),
    ("post", "conversations/{id}/claim/"): (NOTHING, 200),
    ("put", "conversations/{id}/assignment/"): (lambda place: {"assignee": None}, 200),
    ("put", "conversations/{id}/team/"): (lambda place: {"team": str(place.team.pk)}, 200),
    ("post", "conversations/{id}/escalation/"): (NOTHING, 409),
    ("put", "conversations/{id}/priority/"): (lambda place: {"priority": "high"}, 200),
    ("put", "conversations/{id}/topic/"): (lambda place: {"topic": None}, 200),
    ("put", "conversations/{id}/status/"): (lambda place: {"status": None}, 200),
    ("post", "conversations/{id}/tags/"): (lambda place: {"names": ["late"]}, 200),
    ("delete", "conversations/{id}/tags/{name}/"): (NOTHING, 200),
    ("put", "conversations/{id}/merge/"): (lambda place: {"into": str(place.sibling.public_id)}, 200),
    ("delete", "conversations/{id}/merge/"): (NOTHING, 200),
    ("post", "conversations/{id}/split/"): (
        lambda place: {"numbers": [1], "conversation": str(uuid.uuid4())},
        201,
    ),
    ("put", "conversations/{id}/read/"): (lambda place: {"number": 1}, 200),
    ("put", "conversations/{id}/following/"): (NOTHING, 200),
    ("delete", "conversations/{id}/following/"): (NOTHING, 200),
    ("put", "conversations/{id}/attributes/"): (lambda place: {"attributes": {"order": "7"}}, 200),
    ("get", "conversations/{id}/drafts/{kind}/"): (NOTHING, 200),
    ("put", "conversations/{id}/drafts/{kind}/"): (lambda place: {"body": "Dear"}, 200),
    ("get", "conversations/{id}/verdict/"): (NOTHING, 200),
    ("post", "conversations/{id}/verdict/confirmation/"): (NOTHING, 409),
    ("post", "conversations/{id}/verdict/correction/"): (lambda place: {"priority": "high"}, 200),
    ("get", "customers/"): (NOTHING, 200),
    ("get", "customers/{id}/"): (NOTHING, 200),
    ("patch", "customers/{id}/"): (lambda place: {"plan": "gold"}, 200),
    ("post", "customers/{id}/erasure/"): (NOTHING, 200),
    ("get", "companies/"): (NOTHING, 200),
    ("get", "companies/{id}/"): (NOTHING, 200),
    ("get", "agents/"): (NOTHING, 200),
    ("get", "teams/"): (NOTHING, 200),
    ("get", "topics/"): (NOTHING, 200),
    ("get", "tags/"): (NOTHING, 200),
    ("get", "statuses/"): (NOTHING, 200),
    ("get", "search/"): (NOTHING, 200),
}
OF_ADMINS = {("post", "customers/{id}/erasure/")}
QUERIES = {"search/": f"?q={CANARY}"}
SINGLE = [entry for entry in ENTRIES if "{id}" in entry[1]]
LISTS = [entry for entry in ENTRIES if "{id}" not in entry[1]]


def address(route: str, names: dict[str, Any]) -> str:
    noun = route.partition("/")[0]
    filled = route.replace("{id}", str(names.get(noun))).replace("{number}", "1").replace("{name}", "late")
    return filled.replace("{kind}", "reply") + QUERIES.get(route, "")


def ask(who: Caller, entry: tuple[str, str], of: Place, names: dict[str, Any] | None = None) -> Any:
    method, route = entry
    return who(method, address(route, names or of.names), ENTRIES[entry][0](of), {"If-Match": '"0"'})


def everything() -> list[Any]:
    """Every row that an operation could change."""
    models = (Conversation, Part, Customer, Address, Company, ReadMark, Draft, Follower, Tag)
    tagged = Conversation.tags.through
    return [list(model._default_manager.order_by("pk").values()) for model in (*models, tagged)]


def test_every_operation_stands_in_the_matrix() -> None:
    assert set(operations()) == set(ENTRIES)


def test_every_operation_stands_in_the_reference() -> None:
    schema = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]
    described = {
        (method, path.removeprefix(ROOT))
        for path, item in schema["paths"].items()
        if path.startswith(ROOT)
        for method in item
        if method != "parameters"
    }
    assert described == set(ENTRIES)


@pytest.mark.parametrize("entry", ENTRIES, ids=str)
def test_without_a_token_nothing_is_answered(entry: tuple[str, str], desk: Desk) -> None:
    before = everything()
    answer = ask(desk.callers["none"], entry, desk.ours)
    assert (answer.status_code, error(answer)["code"]) == (401, "not_authenticated")
    assert answer["WWW-Authenticate"] == "Bearer"
    assert everything() == before


@pytest.mark.parametrize("who", ["outsider", "agent", "reader"])
@pytest.mark.parametrize("entry", SINGLE, ids=str)
def test_what_is_not_yours_is_not_there(entry: tuple[str, str], who: str, desk: Desk) -> None:
    """The same bytes as for an id that nobody has; 403 only where that says nothing about the object."""
    before = everything()
    answer = ask(desk.callers[who], entry, desk.theirs)
    nobodys = {"conversations": uuid.uuid4(), "customers": uuid.uuid4(), "companies": 10**12}
    nothing = ask(desk.callers[who], entry, desk.theirs, nobodys)
    forbidden = who == "reader" and entry[0] in WRITING
    assert answer.status_code == (403 if forbidden or entry in OF_ADMINS else 404)
    assert answer.content == nothing.content
    assert everything() == before


@pytest.mark.parametrize("who", ["agent", "manager", "admin"])
@pytest.mark.parametrize("entry", SINGLE, ids=str)
def test_what_is_yours_is(entry: tuple[str, str], who: str, desk: Desk) -> None:
    expected = 403 if entry in OF_ADMINS and who != "admin" else ENTRIES[entry][1]
    places = [desk.ours] if who == "agent" else [desk.ours, desk.theirs]
    for of in places:
        answer = ask(desk.callers[who], entry, of)
        assert answer.status_code == expected, answer.content


@pytest.mark.parametrize("entry", SINGLE, ids=str)
def test_a_token_that_reads_only_reads(entry: tuple[str, str], desk: Desk) -> None:
    before = everything()
    answer = ask(desk.callers["reader"], entry, desk.ours)
    assert answer.status_code == (403 if entry[0] in WRITING else 200)
    assert everything() == before


@pytest.mark.parametrize("who", ["outsider", "agent", "reader"])
@pytest.mark.parametrize("entry", LISTS, ids=str)
def test_lists_hold_nothing_of_others(entry: tuple[str, str], who: str, desk: Desk) -> None:
    answer = ask(desk.callers[who], entry, desk.ours)
    assert answer.status_code == 200
    hidden = [str(desk.theirs.conversation.public_id), str(desk.theirs.conversation.customer.public_id)]
    hidden += [
        f"{CANARY} Ortiz",
        f"{CANARY} never arrived",
        f"{CANARY} is a regular",
        f"{CANARY}@mail",
        f"{CANARY} company",
    ]
    assert not [word for word in hidden if word in answer.content.decode()]


FILTERS = ["state=open", "tag=late", "view=all", "view=unassigned", f"q={CANARY}", "sort=waiting_since", "team={team}"]


@pytest.mark.parametrize("query", FILTERS)
def test_no_filter_widens_what_is_seen(query: str, desk: Desk) -> None:
    actions.tag(desk.theirs.conversation, ["late"], by=agent(role=Role.ADMIN), now=NOON)
    path = "conversations/?" + query.replace("{team}", str(desk.theirs.team.pk))
    assert CANARY not in desk.callers["outsider"]("get", path).content.decode()
    assert CANARY in desk.callers["manager"]("get", path).content.decode()


@pytest.mark.parametrize("who", ["manager", "admin"])
def test_managers_and_admins_find_everything(who: str, desk: Desk) -> None:
    found = desk.callers[who].get(f"search/?q={CANARY}")
    theirs = {str(desk.theirs.conversation.public_id), str(desk.theirs.sibling.public_id)}
    assert {result["conversation"]["id"] for result in found["results"]} == theirs
    assert {person["customer"]["name"] for person in found["people"]} == {f"{CANARY} Ortiz"}


def test_what_a_request_names_must_be_in_sight_too(desk: Desk) -> None:
    """Side doors: a conversation of one's own as the way to one that is not."""
    before = everything()
    own = desk.ours.conversation.public_id
    foreign = str(desk.theirs.conversation.public_id)
    answer = desk.callers["agent"]("put", f"conversations/{own}/merge/", {"into": foreign})
    nothing = desk.callers["agent"]("put", f"conversations/{own}/merge/", {"into": str(uuid.uuid4())})
    assert (answer.status_code, answer.content) == (404, nothing.content)
    taken = desk.callers["agent"]("post", f"conversations/{own}/split/", {"numbers": [1], "conversation": foreign})
    assert (taken.status_code, taken.content) == (404, nothing.content)
    assert everything() == before


def test_a_number_belongs_to_its_conversation(desk: Desk) -> None:
    """A part is found through the conversation in the address; nobody can name one of another conversation."""
    for _ in range(10):
        says(desk.theirs.conversation, "more")
    answer = desk.callers["agent"]("post", f"conversations/{desk.ours.conversation.public_id}/parts/9/redaction/")
    assert answer.status_code == 404
    assert desk.theirs.conversation.parts.get(number=9).redacted_at is None


def test_a_file_of_somebody_else_cannot_be_sent(desk: Desk) -> None:
    answer = desk.callers["agent"](
        "post",
        f"conversations/{desk.ours.conversation.public_id}/parts/",
        {"client_id": str(uuid.uuid4()), "body": "", "attachments": [str(uuid.uuid4())]},
    )
    assert (answer.status_code, error(answer)["code"]) == (400, "attachment_not_yours")
