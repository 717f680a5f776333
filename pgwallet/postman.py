"""A Postman collection (v2.1) of the OpenAPI document: its folders can be run from top to bottom.

The run signs a new user up and moves that one's units; the ids that a request needs come from the
answers before it. An environment's variables of the same names overrule the collection's.
"""

from typing import Any

import msgspec

from gateway.routes import LIVE
from pgwallet.openapi import document

_Object = dict[str, Any]

_SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
_VARIABLES = {
    "base_url": "http://127.0.0.1:8080",
    "token": "",  # Log in fills it
    "user_id": "",  # Sign up does
    "email": "admin@example.com",  # who logs in: the demo's
    "password": "demo-password",
}
_FOLDERS = (
    "Accounts", "Administration", "Catalogue", "Movements", "Wallets", "Events", "Operation",
)  # fmt: skip
# A stream never ends. Nobody of the demo owes anything, who is erased is gone for the others, the
# last transaction is no top-up, and nobody approves their own proposal.
LEFT_OUT = {
    LIVE.path,
    "/v1/wallets/{user_id}/transactions/{transaction_id}/consumption",
    "/v1/admin/users/{user_id}/erase",
    "/v1/wallets/{user_id}/debts/{asset}/forgive",
    "/v1/admin/proposals/{proposal_id}/approve",
}
_UNIQUE = ("code", "email", "external_id")  # of what is created


def collection() -> _Object:
    made = document()
    operations = [
        (path, method, operation)
        for path, methods in made["paths"].items()
        if path not in LEFT_OUT
        for method, operation in methods.items()
    ]
    operations.sort(key=lambda each: each[1] == "delete")  # what others are about goes last
    ids = {
        parameter["name"]: str(parameter["example"])
        for _, _, operation in operations
        for parameter in _parameters(operation, "path")
        if _is_made(parameter["name"])
    }
    folders: dict[str, list[_Object]] = {name: [] for name in _FOLDERS}
    for path, method, operation in operations:
        folders[operation["tags"][0]].append(_item(path, method, operation, set(ids)))
    descriptions = {tag["name"]: tag["description"] for tag in made["tags"]}
    info = made["info"]
    return {
        "info": {
            "name": info["title"],
            "version": info["version"],
            "description": info["description"],
            "schema": _SCHEMA,
        },
        "auth": {"type": "bearer", "bearer": [_value("token", "{{token}}")]},
        "variable": [_value(name, text) for name, text in (ids | _VARIABLES).items()],
        "item": [
            {"name": name, "description": descriptions[name], "item": items}
            for name, items in folders.items()
        ],
    }


def _value(key: str, value: str) -> _Object:
    return {"key": key, "value": value, "type": "string"}


def _is_made(name: str) -> bool:
    """Whether a request makes it that those after it are about."""
    return name.endswith("_id") or name in ("subscription", "alert", "campaign")


def _parameters(operation: _Object, place: str) -> list[_Object]:
    return [each for each in operation.get("parameters", ()) if each.get("in") == place]


def _item(path: str, method: str, operation: _Object, ids: set[str]) -> _Object:
    in_path = _parameters(operation, "path")
    status, success = next(iter(operation["responses"].items()))
    request: _Object = {
        "method": method.upper(),
        "description": operation.get("description", ""),
        "header": [],
        "url": _url(path, in_path, _parameters(operation, "query")),
    }
    if not operation["security"]:
        request["auth"] = {"type": "noauth"}
    if {"$ref": "#/components/parameters/Idempotency-Key"} in operation.get("parameters", ()):
        request["header"].append(_value("Idempotency-Key", "{{$guid}}"))
    if "requestBody" in operation:
        example = operation["requestBody"]["content"]["application/json"]["example"]
        body = msgspec.json.format(msgspec.json.encode(_fill(operation["operationId"], example)))
        request["header"].append(_value("Content-Type", "application/json"))
        request["body"] = {
            "mode": "raw",
            "raw": body.decode(),
            "options": {"raw": {"language": "json"}},
        }
    content = next(iter(success["content"].values()))
    # What a POST has made is what the requests after it are about.
    new = {*ids, "token"} - {each["name"] for each in in_path} if method == "post" else set()
    if operation["operationId"] != "sign_up":
        new -= {"user_id"}
    script = [f'pm.test("status {status}", () => pm.response.to.have.status({status}));'] + [
        f'pm.collectionVariables.set("{name}", pm.response.json().{name});'
        for name in content["example"]
        if name in new and content["example"][name] is not None
    ]
    return {
        "name": operation["summary"],
        "event": [{"listen": "test", "script": {"type": "text/javascript", "exec": script}}],
        "request": request,
        "response": [],
    }


def _given(parameter: _Object) -> Any:
    name = parameter["name"]
    return f"{{{{{name}}}}}" if _is_made(name) else parameter["example"]


def _url(path: str, in_path: list[_Object], in_query: list[_Object]) -> _Object:
    segments = path.strip("/").replace("{", ":").replace("}", "").split("/")
    given = "&".join(f"{each['name']}={_given(each)}" for each in in_query if each["required"])
    return {
        "raw": "{{base_url}}/" + "/".join(segments) + ("?" + given if given else ""),
        "host": ["{{base_url}}"],
        "path": segments,
        "query": [
            {
                "key": each["name"],
                "value": str(_given(each) if each["required"] else each.get("example", "")),
                "description": each.get("description", ""),
                "disabled": not each["required"],
            }
            for each in in_query
        ],
        "variable": [_value(name, _given(each)) for each in in_path for name in [each["name"]]],
    }


def _fill(operation_id: str, node: Any) -> Any:
    """An example with what a run has to choose or to find out itself."""
    if isinstance(node, list):
        return [_fill(operation_id, each) for each in node]
    if not isinstance(node, dict):
        return node
    made = {name: _fill(operation_id, value) for name, value in node.items()}
    for name in made:
        if name == "user_id" or operation_id in ("log_in", "change_password"):
            made[name] = f"{{{{{name.removeprefix('new_')}}}}}"  # another password: the same again
        elif name == "idempotency_key":
            made[name] = "{{$guid}}"
        elif name in _UNIQUE:
            start, at, end = made[name].partition("@")
            made[name] = start + "_{{$timestamp}}_{{$randomInt}}{{$randomInt}}" + at + end
    return made
