"""The REST API's reference as a page: rendered here, because the usual viewers need scripts that our policy forbids."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from drf_spectacular.generators import SchemaGenerator

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Operation:
    """One thing a program can ask of the desk."""

    method: str
    path: str
    title: str
    about: str
    parameters: list[dict[str, Any]]
    body: list[Field]
    answers: list[tuple[str, str]]


@dataclass(frozen=True)
class Field:
    """One member of a request's body."""

    name: str
    kind: str
    is_required: bool
    about: str


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
    about = entry.get("description", "")
    return Operation(
        method=method.upper(),
        path=path,
        title=entry.get("summary") or about.partition("\n")[0],
        about=about,
        parameters=entry.get("parameters", []),
        body=list(_fields(schema, _body(schema, entry))),
        answers=[(code, answer.get("description", "")) for code, answer in entry.get("responses", {}).items()],
    )


def _body(schema: dict[str, Any], entry: dict[str, Any]) -> dict[str, Any]:
    """The schema of the first kind of body that the operation takes."""
    for content in entry.get("requestBody", {}).get("content", {}).values():
        return _resolved(schema, content.get("schema", {}))
    return {}


def _fields(schema: dict[str, Any], body: dict[str, Any]) -> Iterator[Field]:
    for name, member in body.get("properties", {}).items():
        shape = _resolved(schema, member)
        kind = ", ".join(str(value) for value in shape["enum"]) if "enum" in shape else shape.get("type", "")
        yield Field(name, kind, name in body.get("required", []), member.get("description", ""))


def _resolved(schema: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference to the part of the document that it names."""
    for name in node.get("$ref", "").split("/")[1:]:
        schema = schema[name]
    return schema if "$ref" in node else node
