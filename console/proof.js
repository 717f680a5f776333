// Are the books right?

import {get} from "./api.js";
import {button, empty, h, problem, section, table, time} from "./dom.js";
import * as format from "./format.js";

const USER = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/;

export async function proof() {
  const result = h("div", {"aria-live": "polite"}, empty("Nothing was checked yet.",
    "The wallet computes every hash and every balance again from the ledger. Nobody has to wait "
    + "for it. With many million transfers it takes minutes."));
  const start = button("Check the books", check, "primary");

  async function check() {
    start.disabled = true;
    result.replaceChildren(h("p", {}, "Checking…"), h("progress", {"aria-label": "Checking"}));
    const began = performance.now();
    try {
      const {items} = await get("/v1/admin/verify");
      const seconds = format.number(((performance.now() - began) / 1000).toFixed(1));
      result.replaceChildren(...verdict(items),
        h("p", {class: "faint"}, "Checked ", time(new Date().toISOString()), ` in ${seconds} s.`));
    } catch (error) {
      result.replaceChildren(problem(error));
    }
    start.disabled = false;
  }

  return [
    h("h1", {}, "Proof"),
    section("The books", start, result),
    section("What this shows", null,
      h("p", {}, "Each balance is the sum of its transfers. Each wallet's chain of hashes is whole. "
        + "Caps and budgets are kept. Every purchase, reward, hold and reversal has its transfer."),
      h("p", {}, "Somebody who can write to the database's tables and computes all the hashes "
        + "anew is not found by this, but by a checkpoint that is kept elsewhere: pgwallet "
        + "checkpoint.")),
  ];
}

function verdict(findings) {
  if (!findings.length) {
    return [h("div", {class: "verdict good"}, h("p", {class: "strong"}, "The books are right."),
      h("p", {}, "No fault was found."))];
  }
  const title = findings.length === 1
    ? "1 fault was found." : `${format.number(findings.length)} faults were found.`;
  return [
    h("div", {class: "verdict bad"}, h("p", {class: "strong"}, title),
      h("p", {}, "Stop what writes to the wallet, and keep a copy of the database as it is.")),
    table("Faults", [
      {title: "What has to be true", cell: (row) => row.check},
      {title: "Where it is not", cell: (row) => subject(row.subject)},
      {title: "Expected", cell: (row) => row.expected ?? "–"},
      {title: "Found", cell: (row) => row.found ?? "–"},
    ], findings),
  ];
}

/** A finding's subject, with the way to the user whom it names. */
function subject(text) {
  const [id] = text.match(USER) ?? [];
  if (!id) return text;
  const [before, behind] = text.split(id);
  return [before, h("a", {href: `#/users/${id}`}, id), behind];
}
