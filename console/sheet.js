// A CSV file of users, read as `pgwallet grant` reads it, and one written.

import {download} from "./dom.js";

const IDENTITIES = ["user_id", "external_id", "email"];
const IGNORED = ["line", "code", "detail"]; // what a file of refused lines has, so that it can be used again
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const AMOUNT = /^[0-9]{1,16}(\.[0-9]{1,20})?$/;
const CELL = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/y;

/** What is wrong with a file: [line, what] for each line that is. */
export class BadSheet extends Error {
  constructor(complaints) {
    super("The file has bad lines.");
    this.complaints = complaints;
  }
}

/** The rows of a text, each with the number of its first line. Empty ones are left out. */
function* rows(text) {
  let cells = [];
  let number = 1;
  let line = 1;
  CELL.lastIndex = 0;
  while (CELL.lastIndex < text.length || cells.length) {
    const found = CELL.exec(text);
    if (!found) throw new BadSheet([[line, "has a quotation mark where none belongs"]]);
    const [all, quoted, plain, end] = found;
    cells.push((quoted?.replaceAll('""', '"') ?? plain).replace(/^ +| +$/g, ""));
    line += all.match(/\r\n|\n|\r/g)?.length ?? 0;
    if (end === ",") continue;
    if (cells.some(Boolean)) yield {number, cells};
    cells = [];
    number = line;
  }
}

/**
 * The columns and lines of a file of grants. A line is {number, cells}, its cells by column. `amount`
 * is what every user gets; without it the file says so. What only the wallet can tell, such as who
 * exists, is left to it. Throws a BadSheet.
 */
export async function read(file, amount) {
  let text;
  try {
    text = new TextDecoder("utf-8", {fatal: true}).decode(await file.arrayBuffer());
  } catch {
    throw new BadSheet([[1, "is not UTF-8, as the rest of the file or a part of it"]]);
  }
  const [header, ...others] = rows(text);
  if (!header) throw new BadSheet([[1, "there is no header"]]);
  const columns = header.cells.map((name) => name.toLowerCase());
  const wrong = wrongHeader(columns, amount);
  if (wrong) throw new BadSheet([[header.number, wrong]]);
  const complaints = [];
  const seen = new Map();
  const lines = others.map(({number, cells}) => {
    const line = {number, cells: Object.fromEntries(columns.map((name, place) => [name, cells[place]]))};
    const wrongs = cells.length === columns.length ? wrongCells(line, seen)
      : [`has ${cells.length} columns, not ${columns.length}`];
    complaints.push(...wrongs.map((each) => [number, each]));
    return line;
  });
  if (complaints.length) throw new BadSheet(complaints);
  if (!lines.length) throw new BadSheet([[header.number + 1, "there is nobody behind the header"]]);
  return {columns: columns.filter((name) => !IGNORED.includes(name)), lines};
}

function wrongHeader(columns, amount) {
  const known = [...IDENTITIES, ...(amount ? [] : ["amount"]), "reference"];
  const strange = columns.find((name) => !known.includes(name) && !IGNORED.includes(name));
  if (strange !== undefined) return `the header has ${strange}; columns can be ${known.join(", ")}`;
  if (new Set(columns).size < columns.length) return "the header has a column twice";
  if (!IDENTITIES.some((name) => columns.includes(name))) return `the header has none of ${IDENTITIES.join(", ")}`;
  return amount || columns.includes("amount") ? "" : "the header has no amount";
}

function wrongCells({number, cells}, seen) {
  const wrongs = [];
  if (cells.user_id && !UUID.test(cells.user_id)) wrongs.push(`${cells.user_id} is no user id`);
  if (cells.amount !== undefined && !AMOUNT.test(cells.amount)) {
    wrongs.push(`${cells.amount || "an empty cell"} is no amount such as 10 or 2.50`);
  }
  if (cells.email?.length > 320) wrongs.push("has an e-mail address that is too long");
  for (const name of IDENTITIES.filter((each) => cells[each])) {
    const key = `${name} ${name === "external_id" ? cells[name] : cells[name].toLowerCase()}`;
    if (seen.has(key)) wrongs.push(`names the same ${name} as line ${seen.get(key)}`);
    else seen.set(key, number);
  }
  return wrongs;
}

const written = (value) => /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;

/** Saves rows as a CSV file. null is an empty cell. */
export const save = (name, rows) => download(name,
  rows.map((cells) => `${cells.map((cell) => written(`${cell ?? ""}`)).join(",")}\n`).join(""));
