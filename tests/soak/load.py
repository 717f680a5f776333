"""Players who ask for everything at random, some of it twice, until each request is answered."""

import asyncio
import itertools
import random
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

import aiohttp
import asyncpg
import msgspec
from yarl import URL

from gateway.types import BatchItem
from pgwallet.client import Answer as HttpAnswer
from pgwallet.client import NoAnswer, Problem, Wallet
from tests.soak.history import Accepted, Answer, Refused, Request, Try, Unanswered, Wrong, now
from tests.soak.model import Item, Rules, Task

REFUSAL = re.compile(r"WA[1-5]\d\d")
AWAY = re.compile(r"08...|53...|57...|WA601")
OF_BATCH = ("ord", "is_replay", "code", "message", "detail", "hint")
PAUSE = 0.1  # seconds, before what was not answered is sent again
PATIENCE = 30  # seconds for an answer
HASTY = 0.05  # of the tries: hang up early

GOLD, SILVER, CAPPED = "GOLD", "SILVER", "CAPPED"
USERS = 6
WEIGHTS = {
    "topup": 18, "bonus": 6, "spend": 18, "convert": 14, "complete_task": 4, "buy_item": 10,
    "place_hold": 8, "capture_hold": 8, "release_hold": 4, "reverse": 8,
}  # fmt: skip


# ---------------------------------------------------------------------------------------------
# Ways to ask
# ---------------------------------------------------------------------------------------------


class Way(Protocol):
    async def ask(self, request: Request) -> Answer: ...

    async def ask_batch(self, requests: Sequence[Request]) -> list[Answer]: ...


class HttpWay(Wallet):
    """The client, trying once, and at times hanging up before it is answered."""

    def __init__(
        self, url: str, token: str, session: aiohttp.ClientSession, chance: random.Random
    ) -> None:
        super().__init__(url, token, session=session, patience=0)
        self.chance = chance
        self.is_replay = False

    async def send_once(
        self, method: str, url: URL, body: bytes | None, headers: dict[str, str]
    ) -> HttpAnswer:
        is_hasty = self.chance.random() < HASTY
        self.timeout = self.chance.uniform(0.001, 0.05) if is_hasty else PATIENCE
        answer = await super().send_once(method, url, body, headers)
        self.is_replay = "idempotent-replayed" in answer.headers
        return answer

    async def ask(self, request: Request) -> Answer:
        method = getattr(self, request.function)
        call = method(request.user, **request.arguments, key=request.key)
        return await self._hear(
            call, lambda receipt: Accepted(msgspec.structs.asdict(receipt), self.is_replay)
        )

    async def ask_batch(self, requests: Sequence[Request]) -> list[Answer]:
        call = self.post_batch(
            [
                BatchItem(each.user, each.function.upper(), idempotency_key=each.key, **more)
                for each in requests
                for more in [{name: str(value) for name, value in each.arguments.items()}]
            ]
        )
        answer = await self._hear(
            call, lambda page: [_of_batch(msgspec.structs.asdict(row)) for row in page.items]
        )
        return answer if isinstance(answer, list) else [answer] * len(requests)

    async def _hear(self, call: Awaitable[Any], accept: Callable[[Any], Any]) -> Any:
        try:
            return accept(await call)
        except NoAnswer as error:
            return Unanswered(str(error))
        except Problem as problem:
            if problem.status == 503:
                return Unanswered(f"503 {problem.detail}")
            if REFUSAL.fullmatch(problem.code):
                return Refused(problem.code)
            return Wrong(f"{problem} {problem.request_id}")


class SqlWay:
    """A session; who finds it busy waits."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self.connection = connection
        self._one_at_a_time = asyncio.Lock()

    async def ask(self, request: Request) -> Answer:
        arguments = request.arguments | {"user_id": request.user, "idempotency_key": request.key}
        if "expires_in" in arguments:
            arguments["expires_in"] = timedelta(seconds=arguments["expires_in"])
        named = ", ".join(f"p_{name} => ${n}" for n, name in enumerate(arguments, 1))
        sql = f"SELECT * FROM wallet.{request.function}({named})"
        rows = await self._fetch(sql, *arguments.values())
        if not isinstance(rows, list):
            return rows
        receipt = dict(rows[0])
        return Accepted(receipt, receipt.pop("is_replay"))

    async def ask_batch(self, requests: Sequence[Request]) -> list[Answer]:
        batch = [
            (each.user, each.function.upper(), each.arguments["asset"], each.arguments["amount"],
             each.key, None, None)
            for each in requests
        ]  # fmt: skip
        rows = await self._fetch("SELECT * FROM wallet.post_batch($1)", batch)
        if not isinstance(rows, list):
            return [rows] * len(requests)
        return [_of_batch(dict(row)) for row in rows]

    async def _fetch(self, sql: str, *values: Any) -> list[asyncpg.Record] | Answer:
        try:
            async with self._one_at_a_time:
                return await self.connection.fetch(sql, *values)
        except asyncpg.PostgresError as error:
            if REFUSAL.fullmatch(error.sqlstate):
                return Refused(error.sqlstate)
            if AWAY.fullmatch(error.sqlstate):
                return Unanswered(repr(error))
            return Wrong(repr(error))
        except (asyncpg.InterfaceError, OSError) as error:
            return Unanswered(repr(error))


def _of_batch(row: dict[str, Any]) -> Answer:
    code = row["code"] or ""
    if AWAY.fullmatch(code):  # the line's partition
        return Unanswered(row["detail"])
    if code:
        return Refused(code) if REFUSAL.fullmatch(code) else Wrong(str(row))
    kept = {name: value for name, value in row.items() if name not in OF_BATCH}
    return Accepted(kept, row["is_replay"])


# ---------------------------------------------------------------------------------------------
# The game
# ---------------------------------------------------------------------------------------------


async def create_catalogue(connection: asyncpg.Connection) -> Rules:
    """Two assets with a rate there and back, one with a cap, and what can be earned and bought."""

    async def create(sql: str, *values: Any) -> Any:
        return await connection.fetchval(f"SELECT * FROM wallet.{sql}", *values)

    rules = Rules(
        scales={GOLD: 0, SILVER: 2, CAPPED: 0},
        caps={CAPPED: Decimal(1000)},
        rates={
            (SILVER, GOLD): (Decimal("2.50"), Decimal(1)),
            (GOLD, SILVER): (Decimal(2), Decimal(5)),
        },
        tasks={},
        items={},
    )
    for asset, scale in rules.scales.items():
        sql = "create_asset($1, $1, $2, p_supply => $3)"
        await create(sql, asset, scale, rules.caps.get(asset))
    for (there, back), (give, get) in rules.rates.items():
        await create("set_conversion_rate($1, $2, $3, $4)", there, back, give, get)
    tasks, items = {}, {}
    for asset in rules.scales:
        task = Task(asset, Decimal(20), most=4)
        sql = "create_task($1, $1, $2, $3, p_max_completions => $4)"
        code = f"task {asset}".lower().replace(" ", "_")
        tasks[await create(sql, code, asset, task.reward, task.most)] = task
        item = Item(asset, Decimal(3), stock=100, most=8)
        sql = "create_item($1, $1, $2, $3, p_stock => $4, p_max_per_user => $5)"
        code = f"item_{asset}".lower()
        items[await create(sql, code, asset, item.price, item.stock, item.most)] = item
    return Rules(rules.scales, rules.caps, rules.rates, tasks, items)


async def create_users(connection: asyncpg.Connection, count: int = USERS) -> list[UUID]:
    sql = "SELECT user_id FROM wallet.create_user()"
    return [await connection.fetchval(sql) for _ in range(count)]


@dataclass(frozen=True)
class Tally:
    requests: int
    accepted: int
    tries: int
    unanswered: int  # tries
    retried: int  # requests that had such a try
    unheard: int  # of these, accepted by it: the next one was told so
    replays: int


class Game:
    """Who plays, what they ask, and what came of it."""

    def __init__(self, rules: Rules, users: Sequence[UUID], seed: int) -> None:
        self.rules, self.users = rules, users
        self.chance = random.Random(seed)
        self.asked: list[Request] = []
        self.holds: list[Request] = []
        self.moved: list[Request] = []
        self.is_on = True
        self._numbers = itertools.count(1)

    def tally(self) -> Tally:
        answers = [[each.answer for each in request.tries] for request in self.asked]
        accepted = [[a for a in some if isinstance(a, Accepted)] for some in answers]
        unanswered = [sum(isinstance(a, Unanswered) for a in some) for some in answers]
        return Tally(
            requests=len(answers),
            accepted=sum(map(bool, accepted)),
            tries=sum(map(len, answers)),
            unanswered=sum(unanswered),
            retried=sum(map(bool, unanswered)),
            unheard=sum(bool(some) and all(a.is_replay for a in some) for some in accepted),
            replays=sum(a.is_replay for some in accepted for a in some),
        )

    def outcomes(self) -> Counter[str]:
        """How often each function was accepted, and each refusal given."""
        counted: Counter[str] = Counter()
        for request in self.asked:
            counted[request.function] += request.accepted is not None
            counted.update({each.code for each in request.answers(Refused)})
        return counted

    async def play(self, way: Way, other: Way) -> None:
        """One request after the other; now and then a copy of one, perhaps at the same moment."""
        while self.is_on:
            chance = self.chance.random()
            if chance < 0.06:
                await self.until_answered(way, self.think_of_a_batch())
            elif chance < 0.12 and self.asked:
                await self.until_answered(way, [self.chance.choice(self.asked[-100:])])
            else:
                request = self.think()
                ways = [way, other] if chance < 0.2 else [way]
                await asyncio.gather(*(self.until_answered(each, [request]) for each in ways))

    async def until_answered(self, way: Way, requests: Sequence[Request]) -> None:
        while True:
            began = now()
            if len(requests) == 1:
                answers = [await way.ask(requests[0])]
            else:
                answers = await way.ask_batch(requests)
            for request, answer in zip(requests, answers, strict=True):
                self.hear(request, Try(began, answer, now()))
            if not any(isinstance(answer, Unanswered) for answer in answers):
                return
            await asyncio.sleep(PAUSE * self.chance.uniform(0.5, 1.5))

    async def settle(self, ways: Sequence[Way]) -> None:
        """Now that nothing is under way: ask again what may have been accepted unheard."""
        waiting = [request for request in self.asked if request.is_open]

        async def work(way: Way) -> None:
            while waiting:
                request = waiting.pop()
                await self.until_answered(way, [request])
                request.is_settled = True

        await asyncio.gather(*map(work, ways))

    def hear(self, request: Request, heard: Try) -> None:
        is_first = request.accepted is None
        request.tries.append(heard)
        request.is_settled = False
        if is_first and isinstance(heard.answer, Accepted):
            if request.function == "place_hold":
                self.holds.append(request)
            elif "transaction_id" in heard.answer.receipt:
                self.moved.append(request)

    def think(self) -> Request:
        [function] = self.chance.choices(list(WEIGHTS), list(WEIGHTS.values()))
        user, arguments = self.chance.choice(self.users), {}
        if function in ("capture_hold", "release_hold"):
            if not self.holds:
                return self.think()
            hold = self.chance.choice(self.holds[-40:])
            user, arguments["hold_id"] = hold.user, hold.accepted.receipt["hold_id"]
            if function == "capture_hold":
                arguments["amount"] = self.chance.choice([None, self.amount()])
        elif function == "reverse":
            if not self.moved:
                return self.think()
            moved = self.chance.choice(self.moved[-60:])
            user = moved.user
            arguments |= {
                "transaction_id": moved.accepted.receipt["transaction_id"],
                "amount": self.chance.choice([None, None, self.amount()]),
                "reason": "a mistake",
                "policy": self.chance.choice(["reject", "clamp"]),
            }
        elif function == "convert":
            there, back = self.chance.choice(list(self.rules.rates))
            step = self.rules.rates[there, back][0]
            arguments |= {"from_asset": there, "to_asset": back, "amount": self.amount() * step}
        elif function == "complete_task":
            arguments["task_id"] = self.chance.choice(list(self.rules.tasks))
        elif function == "buy_item":
            item = self.chance.choice(list(self.rules.items))
            arguments |= {"item_id": item, "quantity": self.chance.randint(1, 3)}
            arguments["expected_price"] = self.chance.choice([None, self.rules.items[item].price])
        else:
            asset = self.chance.choice(list(self.rules.scales))
            amount = self.amount() * (3 if function in ("topup", "bonus") else 1)
            arguments |= {"asset": asset, "amount": amount}
            if function == "place_hold":
                arguments["expires_in"] = 86_400
        return self.new(user, function, arguments)

    def think_of_a_batch(self) -> list[Request]:
        return [
            self.new(
                self.chance.choice(self.users),
                self.chance.choice(["topup", "bonus", "spend", "spend"]),
                {"asset": self.chance.choice(list(self.rules.scales)), "amount": self.amount()},
            )
            for _ in range(self.chance.randint(2, 10))
        ]

    def new(self, user: UUID, function: str, arguments: dict[str, Any]) -> Request:
        request = Request(user, function, arguments, f"key-{next(self._numbers)}")
        self.asked.append(request)
        return request

    def amount(self) -> Decimal:
        return Decimal(self.chance.choice([1, 1, 2, 3, 5, 10, 30]))
