"""The host's own user ids: `ext:<external id>` stands wherever a user_id may stand."""

from collections.abc import Iterable

from gateway.database import Database, Row
from gateway.problems import Problem
from gateway.types import UserKey

PREFIX = "ext:"
NO_USER_HINT = "wallet.find_user finds users by email or external id."  # as SQL says it

_REMEMBERED = 100_000  # at most; an external id never moves to another user
_NOBODY = "00000000-0000-0000-0000-000000000000"  # no user has it: theirs are random


def no_user(name: object) -> Problem:
    return Problem("WA201", f"There is no user {name}.", NO_USER_HINT)


class Users:
    """Finds the user_id of `ext:<external id>`. It asks the database once for each."""

    def __init__(self, database: Database) -> None:
        answers = UserKey.__struct_fields__
        self._list_user_ids = database.function("list_user_ids", ("external_ids",), answers)
        self._known: dict[str, str] = {}

    async def find(self, name: str) -> str:
        """The user_id.
        Raises: WA201 if there is no such user.
        """
        if user_id := self._known.get(name):
            return user_id
        if user_id := (await self._look_up([name])).get(name):
            return user_id
        raise no_user(name)

    async def find_all(self, requests: list[Row]) -> dict[int, str]:
        """Puts the user_ids into the requests. Gives the index and name of each unknown one."""
        asked = {i: r["user_id"] for i, r in enumerate(requests) if r["user_id"].startswith(PREFIX)}
        if not asked:
            return {}
        names = set(asked.values())
        found = {name: self._known[name] for name in names if name in self._known}
        if len(found) < len(names):
            found |= await self._look_up(names - found.keys())
        for index, name in asked.items():
            requests[index]["user_id"] = found.get(name, _NOBODY)
        return {index: name for index, name in asked.items() if name not in found}

    async def _look_up(self, names: Iterable[str]) -> dict[str, str]:
        external_ids = [name.removeprefix(PREFIX) for name in names]
        rows = await self._list_user_ids({"external_ids": external_ids})
        found = {PREFIX + row["external_id"]: str(row["user_id"]) for row in rows}
        self._known |= found
        while len(self._known) > _REMEMBERED:
            del self._known[next(iter(self._known))]  # the oldest
        return found
