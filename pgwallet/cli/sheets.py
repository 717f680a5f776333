"""Files of users: read whole and checked line by line, before anything is done with them."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any

import click
import msgspec

_IGNORED = {"line", "code", "detail"}  # what --refused adds, so that its file can be used again
_PATTERNS: Mapping[str, tuple[re.Pattern[str], str]] = {
    "user_id": (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I), "no user id"),
    "email": (re.compile(r"[^@\s]+@[^@\s]+"), "no email address"),
    "amount": (re.compile(r"[0-9]{1,16}(\.[0-9]{1,20})?"), "no amount such as 10 or 2.50"),
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
_LONGEST = 255
_LARGEST = 10**15  # of an amount
_SHOWN = 20  # lines; the rest is counted


class BadSheet(click.ClickException):
    """The file can't be used, and nothing was done; each complaint begins with its line."""

    exit_code = 2

    def __init__(self, name: str, complaints: Sequence[tuple[int, str]]) -> None:
        said = [f"{name}:{line}: {what}" for line, what in complaints[:_SHOWN]]
        if len(complaints) > _SHOWN:
            said.append(f"and {len(complaints) - _SHOWN:,} more lines")
        super().__init__("\n".join([f"nothing was done, as {name} has bad lines", *said]))


@dataclass(frozen=True)
class Line:
    """A line of a sheet: its number in the file, and its cells by column; an empty one is None."""

    number: int
    cells: Mapping[str, str | None]


@dataclass(frozen=True)
class Sheet:
    name: str
    columns: Sequence[str]
    lines: Sequence[Line]


def read(
    file: IO[bytes],
    *,
    identities: Sequence[str],
    required: Sequence[str] = (),
    optional: Sequence[str] = (),
    scale: int | None = 0,
    is_json: bool = False,
) -> Sheet:
    """A sheet whose header names what each column is.

    identities: the columns by which a line can name its user; a header has one of them at least,
    a line too, and no two lines the same. scale: the decimals that an amount may have; None leaves
    the amounts, and who is named how often, to the caller. is_json: JSON Lines are read too, an
    object with the same names in each line. Raises BadSheet with all that is wrong.
    """
    name = getattr(file, "name", "<stdin>")
    data = file.read()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = data.count(b"\n", 0, error.start) + 1
        raise BadSheet(name, [(place, "is not UTF-8")]) from None
    if is_json and text.lstrip().startswith("{"):
        return _read_json(name, text, identities, required, optional, scale)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    columns: list[str] = []
    lines: list[Line] = []
    complaints: list[tuple[int, str]] = []
    seen: dict[tuple[str, str], int] = {}
    last = 0
    try:
        for row in reader:
            number, last = last + 1, reader.line_num
            cells = [cell.strip(" ") for cell in row]
            if not any(cells):
                continue
            if not columns:
                columns = [cell.lower() for cell in cells]
                if wrong := _wrong_header(columns, identities, required, optional):
                    raise BadSheet(name, [(number, wrong)])
                continue
            if len(cells) != len(columns):
                complaints.append((number, f"has {len(cells)} columns, not {len(columns)}"))
                continue
            line = Line(number, {c: v or None for c, v in zip(columns, cells, strict=True)})
            wrongs = _wrongs(line, identities, required, scale, seen)
            complaints += [(number, wrong) for wrong in wrongs]
            lines.append(line)
    except csv.Error as error:
        complaints.append((last + 1, str(error)))
    if not columns:
        raise BadSheet(name, [*complaints, (1, "there is no header")][:1])
    if complaints:
        raise BadSheet(name, complaints)
    return Sheet(name, [c for c in columns if c not in _IGNORED], lines)


def _read_json(
    name: str,
    text: str,
    identities: Sequence[str],
    required: Sequence[str],
    optional: Sequence[str],
    scale: int | None,
) -> Sheet:
    columns = [*identities, *required, *optional]
    lines: list[Line] = []
    complaints: list[tuple[int, str]] = []
    seen: dict[tuple[str, str], int] = {}
    for number, each in enumerate(text.split("\n"), 1):
        if not each.strip():
            continue
        try:
            values = _OBJECT.decode(each)
            cells = {c: _json_cell(c, raw) for c, raw in values.items() if c not in _IGNORED}
        except (msgspec.DecodeError, ValueError) as error:
            complaints.append((number, str(error)))
            continue
        if strange := [c for c in cells if c not in columns]:
            what = f"has {strange[0][:60]!r}; names can be {', '.join(columns)}"
            complaints.append((number, what))
            continue
        line = Line(number, {c: cells.get(c) for c in columns})
        wrongs = _wrongs(line, identities, required, scale, seen)
        complaints += [(number, wrong) for wrong in wrongs]
        lines.append(line)
    if complaints:
        raise BadSheet(name, complaints)
    return Sheet(name, columns, lines)


def _json_cell(column: str, raw: msgspec.Raw) -> str | None:
    """A value as a CSV file would have it. A float may have lost something, so there is none."""
    if column == "metadata":
        text = bytes(raw).decode()
        return None if text == "null" else text
    value = msgspec.json.decode(raw, strict=True)
    if value is None or isinstance(value, str):
        return value.strip(" ") or None if value else None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise ValueError(f"{column} is no string and no integer")


def _wrong_header(
    columns: Sequence[str],
    identities: Sequence[str],
    required: Sequence[str],
    optional: Sequence[str],
) -> str:
    known = [*identities, *required, *optional]
    strange = [c for c in columns if c not in known and c not in _IGNORED]
    missing = [c for c in required if c not in columns]
    if strange:
        return f"the header has {strange[0][:60]!r}; columns can be {', '.join(known)}"
    if len(set(columns)) < len(columns):
        return "the header has a column twice"
    if not set(identities) & set(columns):
        return f"the header has none of {', '.join(identities)}"
    return f"the header has no {missing[0]}" if missing else ""


def _wrongs(
    line: Line,
    identities: Sequence[str],
    required: Sequence[str],
    scale: int | None,
    seen: dict[tuple[str, str], int],
) -> list[str]:
    wrongs = []
    for column, cell in line.cells.items():
        if cell is None:
            if column in required:
                wrongs.append(f"has no {column}")
            continue
        if column == "metadata" or (column == "amount" and scale is None):
            continue
        pattern, fault = _PATTERNS.get(column, (None, ""))
        if _CONTROL.search(cell):
            wrongs.append(f"{column} has a control character")
        elif len(cell) > _LONGEST:
            wrongs.append(f"{column} has {len(cell):,} characters, more than {_LONGEST}")
        elif pattern and not pattern.fullmatch(cell):
            wrongs.append(f"{cell[:60]!r} is {fault}")
        elif column == "amount":
            wrongs += wrong_amount(cell, scale or 0)
        elif column in identities and scale is not None:
            # The same with another case: user ids and email addresses are no other then.
            key = column, cell if column == "external_id" else cell.lower()
            if (first := seen.setdefault(key, line.number)) != line.number:
                wrongs.append(f"names the same {column} as line {first}")
    if not any(line.cells.get(column) for column in identities):
        wrongs.append(f"has no {' or '.join(c for c in identities if c in line.cells)}")
    return wrongs


def wrong_amount(text: str, scale: int) -> list[str]:
    """What is wrong with an amount, if anything is."""
    pattern, fault = _PATTERNS["amount"]
    if not pattern.fullmatch(text):
        return [f"{text[:60]!r} is {fault}"]
    amount = Decimal(text)
    if not amount:
        return ["amount has to be positive"]
    if amount > _LARGEST:
        return [f"amount {text} is over {_LARGEST}"]
    if amount != round(amount, scale):
        return [f"amount {text} has more decimals than {scale}"]
    return []


def write_refused(file: IO[str], sheet: Sheet, refused: Sequence[Mapping[str, Any]]) -> None:
    """The lines that were refused, as they were read, and why."""
    by_number = {line.number: line for line in sheet.lines}
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([*sheet.columns, "line", "code", "detail"])
    for each in refused:
        cells = by_number[each["line"]].cells
        writer.writerow(
            [*(cells[c] for c in sheet.columns), each["line"], each["code"], each["detail"]]
        )
