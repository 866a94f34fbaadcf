"""The REST API's reference as a page: rendered here, because the usual viewers need scripts that our policy forbids."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from drf_spectacular.generators import SchemaGenerator

METHODS = ("get", "post", "put", "patch", "delete")

Prose = list[tuple[bool, str]]  # whether it is code, and the text


@dataclass(frozen=True)
class Operation:
    """One thing a program can ask of the desk."""

    method: str
    path: str
    about: Prose
    parameters: list[Field]
    body: list[Field]
    answers: list[tuple[str, Prose]]

    @property
    def anchor(self) -> str:
        """Its name within the page."""
        return f"{self.method.lower()}-{slugify(self.path.replace('/', ' '))}"


@dataclass(frozen=True)
class Field:
    """One thing a request may say: `kind` is where it stands, or what it is."""

    name: str
    kind: str
    is_required: bool
    about: Prose


@login_required
def page(request: HttpRequest) -> HttpResponse:
    """Every operation, in the order of its address."""
    schema = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]
    return render(request, "helpdesk/reference.html", {"operations": list(operations(schema))})


def operations(schema: dict[str, Any]) -> Iterator[Operation]:
    """The operations that an OpenAPI document describes."""
    for path, item in schema["paths"].items():
        for method in METHODS:
            if method in item:
                yield _operation(schema, method, path, item[method])


def _operation(schema: dict[str, Any], method: str, path: str, entry: dict[str, Any]) -> Operation:
    return Operation(
        method=method.upper(),
        path=path,
        about=_prose(entry.get("description") or entry.get("summary", "")),
        parameters=[_parameter(each) for each in entry.get("parameters", [])],
        body=list(_fields(schema, _body(schema, entry))),
        answers=[(code, _prose(answer.get("description", ""))) for code, answer in entry.get("responses", {}).items()],
    )


def _prose(text: str) -> Prose:
    """`code` between backticks, told apart from the words around it."""
    return [(index % 2 == 1, piece) for index, piece in enumerate(text.strip().split("`")) if piece]


def _parameter(entry: dict[str, Any]) -> Field:
    return Field(entry["name"], entry["in"], entry.get("required", False), _prose(entry.get("description", "")))


def _body(schema: dict[str, Any], entry: dict[str, Any]) -> dict[str, Any]:
    """The schema of the first kind of body that the operation takes."""
    for content in entry.get("requestBody", {}).get("content", {}).values():
        return _resolved(schema, content.get("schema", {}))
    return {}


def _fields(schema: dict[str, Any], body: dict[str, Any]) -> Iterator[Field]:
    for name, member in body.get("properties", {}).items():
        shape = _resolved(schema, member)
        kind = ", ".join(str(value) for value in shape["enum"]) if "enum" in shape else shape.get("type", "")
        yield Field(name, kind, name in body.get("required", []), _prose(member.get("description", "")))


def _resolved(schema: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference to the part of the document that it names."""
    for name in node.get("$ref", "").split("/")[1:]:
        schema = schema[name]
    return schema if "$ref" in node else node
