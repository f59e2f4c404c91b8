"""The description of the webhook for programs and people, made from the same models that check what arrives."""

from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from typing import Any, Final

from flask import Blueprint, Response, render_template
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from moderation.web.answers import json_answer
from moderation.web.problem_codes import FIELD_CODES, PROBLEM_CODES
from moderation.web.webhook import payloads, responses, told
from moderation.web.webhook.decisions import MOST_DECISIONS

reference: Final = Blueprint("reference", __name__)

_EVENTS: Final = (
    payloads.CreatedEvent,
    payloads.EditedEvent,
    payloads.DeletedEvent,
    payloads.ReportedEvent,
    payloads.ModeratedEvent,
)
_SENT: Final[tuple[type[BaseModel], ...]] = (*_EVENTS, payloads.Batch)
_ANSWERED: Final[tuple[type[BaseModel], ...]] = (
    responses.Accepted,
    responses.CommentAnswer,
    responses.BatchAnswer,
    responses.DecisionsAnswer,
    responses.Problem,
)
_TOLD: Final[Mapping[str, tuple[type[BaseModel], str]]] = {
    "comment": (told.CommentCallback, "A comment is held, or decided"),
    "story": (told.StoryCallback, "A story is closed for comments, or open again"),
    "author": (told.AuthorCallback, "An author is warned, suspended or banned, or that is lifted"),
}
"""What callbacks are about: the form of each, and when it is sent."""
_REF: Final = "#/components/schemas/{model}"

_SIGNED: Final = (
    ("webhook-id", r"^[!-\-/-~]{1,200}$", "The event's id, the same in every attempt to send it."),
    ("webhook-timestamp", r"^[1-9][0-9]{0,10}$", "Seconds since 1970 at this attempt; five minutes off at most."),
    ("webhook-signature", r"^[ -~]{1,4096}$", "v1, and the Base64 of HMAC-SHA256 over 'id.timestamp.body'."),
)
"""Each header's name, form, and meaning."""


@reference.get("/openapi.json")
def openapi_document() -> Response:
    return json_answer(document())


@reference.get("/docs")
def show_reference() -> Response:
    described = document()
    page = render_template(
        "reference.html",
        info=described["info"],
        operations=_operations(described),
        callbacks=described["webhooks"],
        schemas=described["components"]["schemas"],
        problems=PROBLEM_CODES,
        fields=FIELD_CODES,
        type_name=_type_name,
    )
    return Response(page, content_type="text/html; charset=utf-8")


@cache
def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Alochona webhook",
            "version": "1",
            "summary": "Send readers' comments, and learn what became of them.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": {
            "/v1/sites/{site}/events": {"post": _post_event()},
            "/v1/sites/{site}/events:batch": {"post": _post_batch()},
            "/v1/sites/{site}/comments/{comment_id}": {"get": _get_comment()},
            "/v1/sites/{site}/decisions": {"get": _get_decisions()},
        },
        "webhooks": {name: {"post": _callback(name, *one)} for name, one in _TOLD.items()},
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "signature": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "webhook-signature",
                    "description": "Standard Webhooks 1.0 with the site's webhook secret.",
                },
                "apiKey": {"type": "http", "scheme": "bearer", "description": "The site's API key."},
            },
        },
    }


def _schemas() -> dict[str, Any]:
    sent = models_json_schema([(model, "validation") for model in _SENT], ref_template=_REF)[1]["$defs"]
    answered = models_json_schema([(model, "serialization") for model in _ANSWERED], ref_template=_REF)[1]["$defs"]
    callbacks = models_json_schema([(one, "serialization") for one, _ in _TOLD.values()], ref_template=_REF)[1]["$defs"]
    event = {
        "title": "Event",
        "oneOf": [{"$ref": _REF.format(model=model.__name__)} for model in _EVENTS],
        "discriminator": {
            "propertyName": "type",
            "mapping": {
                model.model_fields["type"].annotation.__args__[0]: _REF.format(model=model.__name__)  # type: ignore[union-attr]
                for model in _EVENTS
            },
        },
    }
    return {"Event": event, **sent, **answered, **callbacks}


def _callback(name: str, model: type[BaseModel], summary: str) -> dict[str, Any]:
    """What the site's own address is sent."""
    return {
        "operationId": f"tell_{name}",
        "summary": summary,
        "description": "Sent to the site's address, signed with its callback secret. All but a 2xx is tried again.",
        "parameters": _signed(),
        "requestBody": _body(model.__name__),
        "responses": {"204": {"description": "Taken"}, "410": {"description": "Gone for good: no more is sent"}},
    }


def _post_event() -> dict[str, Any]:
    prefer = {
        "name": "Prefer",
        "in": "header",
        "required": False,
        "description": "wait=N (RFC 7240): the answer waits up to N seconds, 10 at most, for the decision.",
        "schema": {"type": "string", "examples": ["wait=2"]},
    }
    return {
        "operationId": "receive_event",
        "summary": "Send one event about a comment",
        "description": "Answered when stored. The same webhook-id again gets the same answer; with another body, 409.",
        "security": [{"signature": []}],
        "parameters": [_site(), *_signed(), prefer],
        "requestBody": _body("Event"),
        "responses": {
            "200": _answer("Decided while the answer waited", "CommentAnswer"),
            "202": _answer("Stored", "Accepted"),
            **_problems(400, 401, 409, 413, 422, 429, 503),
        },
    }


def _post_batch() -> dict[str, Any]:
    return {
        "operationId": "receive_batch",
        "summary": f"Send up to {payloads.MOST_EVENTS} events at once",
        "description": "Signed as one request; each event has an id of its own, and its outcome in the same order.",
        "security": [{"signature": []}],
        "parameters": [_site(), *_signed()],
        "requestBody": _body("Batch"),
        "responses": {"200": _answer("Each outcome", "BatchAnswer"), **_problems(400, 401, 413, 422, 429, 503)},
    }


def _get_comment() -> dict[str, Any]:
    comment = _path("comment_id", "The site's own id of the comment, URL-encoded.")
    return {
        "operationId": "show_comment",
        "summary": "Ask where a comment stands",
        "security": [{"apiKey": []}],
        "parameters": [_site(), comment],
        "responses": {
            "200": _answer("State, scores, decision and reasons", "CommentAnswer"),
            **_problems(401, 404, 429, 503),
        },
    }


def _get_decisions() -> dict[str, Any]:
    after = {
        "name": "after",
        "in": "query",
        "required": False,
        "description": "The `next` of the previous page; without it, from the beginning.",
        "schema": {"type": "integer", "minimum": 0, "maximum": 2**63 - 1},
    }
    limit = {
        "name": "limit",
        "in": "query",
        "required": False,
        "schema": {"type": "integer", "minimum": 1, "maximum": MOST_DECISIONS, "default": 100},
    }
    return {
        "operationId": "list_decisions",
        "summary": "Read the decisions after a cursor",
        "security": [{"apiKey": []}],
        "parameters": [_site(), after, limit],
        "responses": {
            "200": _answer("Decisions, oldest first", "DecisionsAnswer"),
            **_problems(401, 404, 422, 429, 503),
        },
    }


def _site() -> dict[str, Any]:
    return _path("site", "The site's slug.")


def _path(name: str, description: str) -> dict[str, Any]:
    schema = {"type": "string", "minLength": 1, "maxLength": payloads.LONGEST_ID}
    return {"name": name, "in": "path", "required": True, "description": description, "schema": schema}


def _signed() -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "header", "required": True, "description": about, "schema": _written(pattern)}
        for name, pattern, about in _SIGNED
    ]


def _written(pattern: str) -> dict[str, Any]:
    return {"type": "string", "pattern": pattern}


def _body(model: str) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": {"$ref": _REF.format(model=model)}}}}


def _answer(description: str, model: str, content_type: str = "application/json") -> dict[str, Any]:
    return {"description": description, "content": {content_type: {"schema": {"$ref": _REF.format(model=model)}}}}


def _problems(*statuses: int) -> dict[str, Any]:
    return {
        str(status): _answer(HTTPStatus(status).phrase, "Problem", "application/problem+json") for status in statuses
    }


def _operations(described: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"path": path, "method": method.upper(), **operation}
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]


def _type_name(schema: Mapping[str, Any]) -> str:
    """A schema in a few words: its type, the model that it refers to, or its alternatives."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    alternatives = schema.get("anyOf") or schema.get("oneOf")
    if alternatives:
        return " or ".join(_type_name(one) for one in alternatives)
    if "const" in schema:
        return repr(schema["const"])
    if schema.get("type") == "array":
        return f"list of {_type_name(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type") or "any")
