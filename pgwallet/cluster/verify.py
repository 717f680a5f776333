"""Compares a cluster's partitions with each other and with themselves; changes nothing."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec

from pgwallet.cluster.config import Cluster, Partition
from pgwallet.cluster.databases import connected

Sums = Mapping[
    int, tuple[int, Decimal]
]  # of another partition: how many names, what they add up to

_STRAYS = """
SELECT u.user_id::text FROM wallet_private.user_account AS u
WHERE uuid_hash(u.user_id) & ($1::integer - 1) <> $2
ORDER BY u.user_id LIMIT 20
"""
# Names as users have them, by the partition that has to know them,
_OF_USERS = """
SELECT
    hashtext(n.name COLLATE "C") & ($1::integer - 1) AS place,
    count(*) AS names,
    sum(hashtextextended(concat_ws(':', n.kind, u.user_id, n.name), 0)::numeric) AS total
FROM wallet_private.user_account AS u
CROSS JOIN LATERAL (
    VALUES ('email', lower(u.email)), ('external_id', u.external_id)
) AS n (kind, name)
WHERE n.name IS NOT NULL
GROUP BY 1
"""
# and as the directory has them, by the partition that has the user.
_OF_DIRECTORY = """
SELECT
    n.place,
    count(*) AS names,
    sum(hashtextextended(concat_ws(':', n.kind, n.user_id, n.name), 0)::numeric) AS total
FROM wallet_private.name AS n
WHERE n.user_id IS NOT NULL
GROUP BY n.place
"""
_CLAIMS = """
SELECT n.kind, n.name, n.place FROM wallet_private.name AS n WHERE n.user_id IS NULL
"""
_NAMED = """
SELECT f.user_id, hashtextextended(concat_ws(':', $1::text, f.user_id, $2::text), 0)::numeric
FROM wallet_private.find_named($1, $2) AS f (user_id)
WHERE f.user_id IS NOT NULL
"""
_HALF_ERASED = "SELECT h.user_id::text FROM wallet_private.half_erased AS h"
_MOVES = """
SELECT m.move_id, m.is_in, m.kind, m.code, m.amount FROM wallet_private.share_move AS m
"""
_BOOKS = "SELECT * FROM wallet.verify()"
# What each partition has its own part of is no part of the comparison.
_CATALOGUE = "SELECT wallet_private.get_catalogue()"
_OWN = {"item": ("stock",)}
# How far a subscription is, and how its receiver does, is of each partition.
_SUBSCRIPTIONS = """
SELECT
    s.code, s.asset_ids::text, s.kinds::text, s.user_id::text, w.url, w.status, w.is_ordered,
    md5(w.secret) AS secret, md5(w.old_secret) AS old_secret
FROM wallet_private.subscription AS s
LEFT JOIN wallet_private.webhook AS w ON w.subscription_id = s.subscription_id
ORDER BY s.code
"""


@dataclass(frozen=True)
class Finding:
    """What is wrong, in the words of wallet.finding."""

    check: str
    subject: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.check}: {self.subject}: expected {self.expected}, found {self.found}"


@dataclass(frozen=True)
class _Seen:
    """What a partition says."""

    findings: list[Finding]
    of_users: Sums
    of_directory: Sums
    claims: list[tuple[str, str, int]]
    catalogue: dict[str, Any]
    moves: list[tuple[Any, ...]]
    subscriptions: set[tuple[Any, ...]]


async def verify(cluster: Cluster) -> list[Finding]:
    """The books of each partition, where its users are, names, catalogue, subscriptions."""
    # The directory is looked at last: who signs up meanwhile may be missing from the first look, so
    # what differs is looked at once more before it counts.
    found = await _verify(cluster)
    return [finding for finding in await _verify(cluster) if finding in found] if found else []


async def _verify(cluster: Cluster) -> list[Finding]:
    seen = await asyncio.gather(
        *(_look(partition, cluster.size) for partition in cluster.partitions)
    )
    findings = [finding for each in seen for finding in each.findings]
    directory = {
        (known, home): sums
        for known, each in enumerate(seen)
        for home, sums in each.of_directory.items()
    }
    for known, each in enumerate(seen):
        for kind, name, home in each.claims:
            async with connected(cluster.partitions[home].url) as connection:
                if row := await connection.fetchrow(_NAMED, kind, name):
                    count, total = directory.get((known, home), (0, Decimal(0)))
                    directory[known, home] = count + 1, total + row[1]
    users = {
        (known, home): sums
        for home, each in enumerate(seen)
        for known, sums in each.of_users.items()
    }
    for known, home in sorted(directory.keys() | users.keys()):
        wanted, have = users.get((known, home)), directory.get((known, home))
        if wanted != have:
            subject = f"of users of partition {home}, in partition {known}"
            findings.append(Finding("names are known", subject, _names(wanted), _names(have)))
    taken = {move[0]: move[2:] for each in seen for move in each.moves if not move[1]}
    for partition, each in zip(cluster.partitions, seen, strict=True):
        findings += [
            Finding(
                "what is given was taken",
                f"move {move_id} to {partition.name}",
                str(taken.get(move_id)),
                str(tuple(given)),
            )
            for move_id, is_in, *given in each.moves
            if is_in and taken.get(move_id) != tuple(given)
        ]
    for partition, each in zip(cluster.partitions[1:], seen[1:], strict=True):
        for kind, rows in seen[0].catalogue.items():
            if rows != each.catalogue[kind]:
                found = msgspec.json.encode(each.catalogue[kind]).decode()
                expected = msgspec.json.encode(rows).decode()
                findings.append(
                    Finding("catalogue is the same", f"{kind} of {partition.name}", expected, found)
                )
        differ = seen[0].subscriptions ^ each.subscriptions
        findings += [
            Finding(
                "subscriptions are the same", f"{code} of {partition.name}",
                str([row for row in seen[0].subscriptions if row[0] == code]),
                str([row for row in each.subscriptions if row[0] == code]),
            )
            for code in sorted({row[0] for row in differ})
        ]  # fmt: skip
    return findings


async def _look(partition: Partition, size: int) -> _Seen:
    async with connected(partition.url) as connection:
        findings = [
            Finding(
                row["check"], f"{partition.name}: {row['subject']}", row["expected"], row["found"]
            )
            for row in await connection.fetch(_BOOKS)
        ]
        findings += [
            Finding("users are in their place", user_id, "another partition", partition.name)
            for (user_id,) in await connection.fetch(_STRAYS, size, partition.number)
        ]
        findings += [
            Finding("who is erased is forgotten", user_id, "in all partitions", "erase again")
            for (user_id,) in await connection.fetch(_HALF_ERASED)
        ]
        return _Seen(
            findings,
            of_users=_sums(await connection.fetch(_OF_USERS, size)),
            of_directory=_sums(await connection.fetch(_OF_DIRECTORY)),
            claims=[tuple(row) for row in await connection.fetch(_CLAIMS)],
            catalogue=_comparable(await connection.fetchval(_CATALOGUE)),
            moves=[tuple(row) for row in await connection.fetch(_MOVES)],
            subscriptions={tuple(row) for row in await connection.fetch(_SUBSCRIPTIONS)},
        )


def _sums(rows: list[Any]) -> dict[int, tuple[int, Decimal]]:
    return {row["place"]: (row["names"], row["total"]) for row in rows}


def _names(sums: tuple[int, Decimal] | None) -> str:
    count, total = sums or (0, Decimal(0))
    return f"{count} names, sum {total}"


def _comparable(text: str) -> dict[str, Any]:
    catalogue: dict[str, Any] = msgspec.json.decode(text)
    for kind, columns in _OWN.items():
        for row in catalogue[kind]:
            for column in columns:
                row.pop(column, None)
    return catalogue
