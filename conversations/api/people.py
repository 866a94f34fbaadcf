"""Customers and companies, agents and teams."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from conversations import actions
from conversations.api import shapes
from conversations.api.entry import ApiView
from conversations.api.fields import Body, Key, Text, Values, is_key, is_uuid
from conversations.api.listing import BY_KEY, Order, Question, page
from conversations.errors import BadRequest, NotFound
from conversations.scopes import companies_of, customers_of
from people import actions as people
from people.models import Agent, Company, Customer, Role, Team

MAX_QUERY = 200
_Q = OpenApiParameter("q", str, description="Part of a name or address.")
_CUSTOMER = OpenApiParameter("id", UUID, "path", description="The customer's public id.")
_NEWEST = Order("pk", descending=True)


class Customers(ApiView):
    """Who asks, as far as this agent may see a conversation of theirs."""

    @extend_schema(
        operation_id="customers_list",
        summary="List customers, newest first",
        parameters=[_Q, shapes.CURSOR, shapes.LIMIT],
        responses={200: shapes.page_of(shapes.Customer), **shapes.REFUSALS},
    )
    def get(self, request: Request) -> Response:
        question = Question(request.query_params)
        rows = customers_of(self.agent).select_related("company").prefetch_related("addresses")
        if text := _words(question):
            found = Q(name__icontains=text) | Q(addresses__value__icontains=text)
            rows = rows.filter(pk__in=Customer.objects.filter(found).values("pk"))
        question.done()
        return Response(page(rows, question, self.agent, _NEWEST, lambda some: [customer(each) for each in some]))


class CustomerView(ApiView):
    """An address below one customer."""

    @cached_property
    def customer(self) -> Customer:
        """Raises NotFound: there is none, or none of their conversations is in the agent's sight."""
        text: str = self.kwargs["id"]
        rows = customers_of(self.agent).select_related("company").prefetch_related("addresses")
        found = rows.filter(public_id=UUID(text)).first() if is_uuid(text) else None
        if found is None:
            raise NotFound
        return found

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Look for them before looking at the body."""
        super().initial(request, *args, **kwargs)
        _ = self.customer


class Known(Body):
    """What agents know; fields that are left out stay."""

    name = Text(200, required=False)
    plan = Text(60, required=False)
    language = Text(16, required=False)
    company = Key(Company.objects.all(), required=False, allow_null=True)
    attributes = Values(required=False)


class OneCustomer(CustomerView):
    """A customer."""

    @extend_schema(
        operation_id="customers_retrieve",
        summary="One customer",
        parameters=[_CUSTOMER],
        responses={200: shapes.Customer, **shapes.REFUSALS},
    )
    def get(self, request: Request, id: str) -> Response:  # noqa: A002 - the name in the address
        return Response(customer(self.customer))

    @extend_schema(
        operation_id="customers_update",
        summary="Note what you know of a customer",
        parameters=[_CUSTOMER],
        request=Known,
        responses={200: shapes.Customer, **shapes.WRITING},
    )
    def patch(self, request: Request, id: str) -> Response:  # noqa: A002
        given = Known.parse(self.sent())
        self._in_sight(given.get("company"))
        people.update_customer(self.customer, given)
        return Response(customer(self.customer))

    def _in_sight(self, company: Company | None) -> None:
        """Belonging to a company shows it, so it has to be one the agent sees already.

        Raises:
            BadRequest: what is said of a company that does not exist.
        """
        if company is not None and not companies_of(self.agent).filter(pk=company.pk).exists():
            raise BadRequest("unknown_value", "company: there is none with this id.", field="company")


class Erasure(CustomerView):
    """Whether a customer is forgotten."""

    roles = {"POST": frozenset({Role.ADMIN})}

    @extend_schema(
        operation_id="customers_erasure",
        summary="Forget a customer for good",
        description="Empties every message of their conversations and everything that says who they were. Admins only.",
        parameters=[_CUSTOMER],
        request=None,
        responses={200: shapes.Customer, **shapes.WRITING},
    )
    def post(self, request: Request, id: str) -> Response:  # noqa: A002
        actions.erase_customer(self.customer, by=self.agent, now=self.now)
        return Response(customer(self.customer))


class Companies(ApiView):
    """Whom those customers belong to."""

    @extend_schema(
        operation_id="companies_list",
        summary="List companies",
        parameters=[_Q, shapes.CURSOR, shapes.LIMIT],
        responses={200: shapes.page_of(shapes.Company), **shapes.REFUSALS},
    )
    def get(self, request: Request) -> Response:
        question = Question(request.query_params)
        rows = companies_of(self.agent)
        if text := _words(question):
            rows = rows.filter(Q(name__icontains=text) | Q(domain__icontains=text))
        question.done()
        return Response(page(rows, question, self.agent, BY_KEY, lambda some: [company(each) for each in some]))


class OneCompany(ApiView):
    """A company."""

    @extend_schema(
        operation_id="companies_retrieve",
        summary="One company",
        parameters=[OpenApiParameter("id", str, "path")],
        responses={200: shapes.Company, **shapes.REFUSALS},
    )
    def get(self, request: Request, id: str) -> Response:  # noqa: A002
        return Response(company(one(companies_of(self.agent), id)))


class Agents(ApiView):
    """Everybody who answers, or did."""

    @extend_schema(
        operation_id="agents_list",
        summary="List agents",
        parameters=[shapes.CURSOR, shapes.LIMIT],
        responses={200: shapes.page_of(shapes.Agent), **shapes.REFUSALS},
    )
    def get(self, request: Request) -> Response:
        question = Question(request.query_params)
        question.done()
        rows = Agent.objects.prefetch_related("teams")
        return Response(page(rows, question, self.agent, BY_KEY, lambda some: [agent(each) for each in some]))


class Teams(ApiView):
    """Groups of agents."""

    @extend_schema(
        operation_id="teams_list",
        summary="List teams",
        parameters=[shapes.CURSOR, shapes.LIMIT],
        responses={200: shapes.page_of(shapes.Team), **shapes.REFUSALS},
    )
    def get(self, request: Request) -> Response:
        question = Question(request.query_params)
        question.done()
        return Response(
            page(Team.objects.all(), question, self.agent, BY_KEY, lambda some: [team(each) for each in some])
        )


def one(rows: QuerySet[Any, Any], key: str) -> Any:
    """The row with that key. Raises NotFound."""
    found = rows.filter(pk=int(key)).first() if is_key(key) else None
    if found is None:
        raise NotFound
    return found


def _words(question: Question) -> str | None:
    text = question.take("q")
    if text is not None and len(text) > MAX_QUERY:
        raise BadRequest("query_too_long", f"{len(text):,} characters; the limit is {MAX_QUERY}.", field="q")
    if text is not None and any(ord(sign) < 32 for sign in text):
        raise BadRequest("control_characters", "The query holds control characters; remove them.", field="q")
    return text


def customer(row: Customer) -> dict[str, Any]:
    """A customer for agents."""
    addresses = [
        {"kind": each.kind, "value": each.value, "verified": each.verified_at is not None}
        for each in row.addresses.all()
    ]
    company_of = row.company
    return {
        "id": row.public_id,
        "external_id": row.external_id,
        "verified": row.verified,
        "name": row.display_name,
        "addresses": addresses,
        "company": {"id": str(company_of.pk), "name": company_of.name} if company_of else None,
        **{name: getattr(row, name) for name in ("plan", "language", "time_zone", "country", "attributes")},
        "last_seen_at": row.last_seen_at,
        "created_at": row.created_at,
    }


def company(row: Company) -> dict[str, Any]:
    facts = ("name", "domain", "plan", "attributes", "created_at")
    return {"id": str(row.pk), **{name: getattr(row, name) for name in facts}}


def agent(row: Agent) -> dict[str, Any]:
    facts = ("email", "role", "availability", "away_reason", "languages")
    teams = [{"id": str(each.pk), "name": each.name} for each in row.teams.all()]
    return {
        "id": str(row.pk),
        "name": str(row),
        **{name: getattr(row, name) for name in facts},
        "teams": teams,
        "active": row.is_active,
    }


def team(row: Team) -> dict[str, Any]:
    return {"id": str(row.pk), **{name: getattr(row, name) for name in ("name", "tier", "specialty")}}
