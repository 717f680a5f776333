"""What operators do at the same time, to each other and to those who move."""

import asyncio
from contextlib import suppress

import asyncpg
import pytest

from tests.race.arena import GOLD, SILVER, call, fresh


@pytest.mark.parametrize("what", ["item", "task", "asset"])
async def test_changes_of_different_fields_do_not_undo_each_other(arena, what):
    if what == "item":
        thing, value = await arena.item(GOLD, 5), "price"
    elif what == "task":
        thing, value = await arena.task(GOLD, 5), "reward"
    else:
        thing, value = await arena.asset(sign_up_bonus=5), "sign_up_bonus"
    async with arena.open_gate() as gate:
        await gate.do(f"update_{what}", thing, **{value: 20})
        queue = await arena.queue([call(f"update_{what}", thing, name="Renamed")])
    [updated] = await queue
    if what == "asset":
        await arena.do("update_asset", thing, sign_up_bonus=0)
    assert (updated["name"], updated[value]) == ("Renamed", 20)


async def test_two_rates_that_gain_together_are_not_both_set(arena):
    one, other = await arena.asset(), await arena.asset()
    async with arena.open_gate() as gate:
        await gate.do("set_conversion_rate", one, other, 1, 2)
        queue = await arena.queue([call("set_conversion_rate", other, one, 1, 1)])
    assert (await queue).refusals == {"WA308": 1}

    for _ in range(5):
        some = [await arena.asset() for _ in range(3)]
        ways = [call("set_conversion_rate", some[n], some[(n + 1) % 3], 1, 2) for n in range(3)]
        answers = await arena.together(ways * 5)
        assert answers.refusals == {"WA308": 5}


async def test_a_user_is_made_once(arena):
    external_id, email = fresh("host"), f"{fresh('user')}@example.com"
    by_host = await arena.together([call("create_user", external_id)] * 20)
    assert (len(by_host.receipts), by_host.refusals) == (1, {"WA303": 19})
    by_email = await arena.together([call("sign_up", "A user", email, None, "hash")] * 20)
    assert (len(by_email.receipts), by_email.refusals) == (1, {"WA302": 19})


async def test_a_code_is_taken_once(arena):
    code = fresh("CODE")
    for make in [
        call("create_asset", code, "An asset"),
        call("create_item", code, "An item", GOLD, 1),
        call("create_task", code, "A task", GOLD, 1),
        call("create_limit", code, await arena.asset(), "balance", 9),
    ]:
        answers = await arena.together([make] * 20)
        assert (len(answers.receipts), answers.refusals) == (1, {"WA304": 19})


async def test_checkpoints_at_the_same_time_are_all_true(arena):
    user = await arena.user()
    async with arena.open_gate() as gate:
        await gate.execute("LOCK TABLE wallet_private.checkpoint_head IN SHARE ROW EXCLUSIVE MODE")
        asked = await arena.ask([call("checkpoint")])
        await arena.until_blocked(asked)
        # Overtakes the one that waits; or, where they take turns, is the victim of this gate.
        await gate.execute("SET LOCAL deadlock_timeout = '10ms'")
        with suppress(asyncpg.DeadlockDetectedError):
            asked.append(asyncio.ensure_future(gate.do("checkpoint")))
            await asked[-1]
            await arena.topup(user, SILVER, 1)
    made = await asyncio.gather(*asked, return_exceptions=True)

    checkpoints = [each for each in made if isinstance(each, dict)]
    assert checkpoints
    for each in checkpoints:
        assert not await arena.first.fetch(
            "SELECT * FROM wallet.verify_checkpoint($1, $2)", each["checkpoint_id"], each["root"]
        )
