"""The table of codes is what SQL raises, in its words."""

import re

import pytest

from gateway.problems import CODES, Problem, problem_of
from tests.support.paths import DB

RAISED = re.compile(r"RAISE EXCEPTION '((?:[^']|'')*)'\s+USING\s+ERRCODE = '(WA\d{3})'")
FAMILIES = {"1": {422}, "2": {404}, "3": {409}, "4": {409}, "5": {403}, "6": {503}, "9": {500}}
EXCEPTIONS = {"WA104": {400}, "WA301": {422}, "WA418": {403}}


def test_the_codes_and_titles_are_those_of_sql() -> None:
    raised = {
        (code, title.replace("''", "'"))
        for file in DB.rglob("*.sql")
        for title, code in RAISED.findall(file.read_text())
    }
    known = {(code, title) for code, (_, title) in CODES.items() if code.startswith("WA")}
    assert raised == known


@pytest.mark.parametrize("code", CODES)
def test_a_status_follows_from_the_code(code: str) -> None:
    status, _ = CODES[code]
    expected = EXCEPTIONS.get(code, FAMILIES[code[2]]) if code.startswith("WA") else {int(code[2:])}
    assert {status} == expected


def test_an_unforeseen_error_says_nothing() -> None:
    problem = problem_of(KeyError("secret"))
    assert (problem.status, problem.code, problem.detail) == (500, "GW500", None)


def test_a_refusal_says_what_to_do_next() -> None:
    assert Problem("GW401").headers == {"WWW-Authenticate": "Bearer"}
    assert Problem("GW503").headers == {"Retry-After": "1"}
