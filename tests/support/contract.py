"""Requests and answers held against the published document."""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from pgwallet.openapi import document

DOCUMENT = document()
# Headers that mean something to a client: an answer has none of them that is not published.
HEADERS = ("X-Request-ID", "Idempotent-Replayed", "Retry-After", "WWW-Authenticate")


def resolve(node: dict[str, Any]) -> dict[str, Any]:
    """What a reference refers to, or else the same."""
    reference = node.get("$ref")
    if reference is None:
        return node
    found = DOCUMENT
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found


def operation(method: str, path: str) -> dict[str, Any] | None:
    """What answers there; None where there is no such route."""
    for pattern, methods in _patterns():
        if pattern.fullmatch(path):
            return methods.get(method.lower())
    return None


def check_request(asked: dict[str, Any], body: Any) -> None:
    """A body that was accepted is one that the document allows."""
    published = asked.get("requestBody")
    assert published or body is None, "the document has no body here"
    if body is not None and asked["operationId"] != "post_batch":  # whose items are refused alone
        check(body, published["content"]["application/json"]["schema"])


def check_answer(
    asked: dict[str, Any], status: int, headers: Mapping[str, str], content_type: str, body: str
) -> None:
    assert str(status) in asked["responses"], f"{status} is not published: {body}"
    response = resolve(asked["responses"][str(status)])
    published = {name: resolve(header) for name, header in response["headers"].items()}
    for name in HEADERS:
        assert name in published or name not in headers, f"{name} is not published"
        assert name in headers or not published.get(name, {}).get("required"), f"{name} is missing"
        if name in headers and name in published:
            integer = published[name]["schema"].get("type") == "integer"
            check(int(headers[name]) if integer else headers[name], published[name]["schema"])
    content = response["content"][content_type]
    value = json.loads(body) if content_type.endswith("json") else body
    check(value, content["schema"])
    if content_type == "application/problem+json":
        assert value["code"] in content["examples"], f"{value['code']} is not published"


def check(value: Any, schema: dict[str, Any]) -> None:
    """It is as the schema says, with no field that the schema doesn't know."""
    errors = [
        f"{error.json_path}: {error.message}"
        for error in _validator(json.dumps(schema)).iter_errors(value)
    ]
    assert not errors, errors


@cache
def _patterns() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    return [
        (re.compile(re.sub(r"{\w+}", "(?:(?!%7B|%7D)[^/])+", path)), methods)  # as aiohttp does
        for path, methods in DOCUMENT["paths"].items()
    ]


@cache
def _validator(schema: str) -> Draft202012Validator:
    closed = _close(json.loads(schema) | {"components": DOCUMENT["components"]})
    return Draft202012Validator(closed, format_checker=FormatChecker())


def _close(node: Any) -> Any:
    if isinstance(node, list):
        return [_close(each) for each in node]
    if not isinstance(node, dict):
        return node
    made = {name: _close(value) for name, value in node.items()}
    if made.get("type") == "object" and "properties" in made:
        made["additionalProperties"] = False
    return made
