// What a user holds: balances with their statements, lots, and what is left of limits.

import {get, path, query} from "./api.js";
import {badge, button, empty, h, problem, say, section, table, time} from "./dom.js";
import * as format from "./format.js";
import {save} from "./sheet.js";

export async function holdings(id, balances, assets) {
  const {items: rules} = await get("/v1/limits");
  const limited = new Set(rules.filter((rule) => rule.is_active).map((rule) => rule.asset));
  const withLots = new Set(assets.filter((asset) => asset.lot_order).map(({asset}) => asset));
  const of = async (route, codes) => (await Promise.all(codes.map((code) =>
    get(path`/v1/wallets/${id}/` + route + path`/${code}`)))).flatMap(({items}) => items);
  const [lots, uses] = await Promise.all([
    of("lots", balances.map(({asset}) => asset).filter((code) => withLots.has(code))),
    of("limits", [...limited]),
  ]);
  return h("div", {class: "stack"},
    section("Balances", null, balances.length
      ? h("div", {class: "cards"}, balances.map((row) => tile(id, row)))
      : empty("No balance yet.", "The first grant, purchase or reward opens it.")),
    lots.length ? section("Lots", null, lotTable(id, lots)) : "",
    uses.length ? section("Limits", null, limitTable(uses)) : "");
}

function tile(id, row) {
  const refused = h("div");
  const statement = button("Statement", async () => {
    statement.disabled = true;
    refused.replaceChildren();
    try {
      await saveStatement(id, row.asset);
    } catch (error) {
      refused.replaceChildren(problem(error));
    }
    statement.disabled = false;
  }, "small");
  statement.setAttribute("aria-label", `Statement of ${row.asset} as CSV`);
  return h("article", {class: "tile"},
    h("header", {}, h("h3", {}, row.asset), statement),
    h("p", {class: "big"}, format.number(row.balance)),
    h("p", {class: "faint"}, format.isZero(row.held)
      ? "all of it can be spent"
      : `${format.number(row.held)} held, ${format.number(row.available)} can be spent`),
    !format.isZero(row.debt) && h("p", {class: "strong"}, `${format.number(row.debt)} owed`),
    refused);
}

/** What expires soonest comes first, and what never does last. */
const bySoonest = (one, other) =>
  (one.expires_at ? Date.parse(one.expires_at) : Infinity)
  - (other.expires_at ? Date.parse(other.expires_at) : Infinity) || one.lot_id - other.lot_id;

const lotTable = (id, lots) => table("Lots", [
  {title: "Left", is_number: true, cell: (lot) => format.amount(lot.remaining, lot.asset)},
  {title: "Held", is_number: true, cell: (lot) => format.number(lot.held)},
  {title: "Origin", cell: (lot) => badge(lot.origin, lot.origin === "paid" ? "good" : "")},
  {title: "Expires", cell: (lot) => lot.expires_at ? time(lot.expires_at) : "never"},
  {title: "Since", cell: (lot) => h("a", {href: `#/users/${id}/transactions/${lot.transaction_id}`},
    time(lot.created_at))},
], lots.toSorted(bySoonest));

const units = (use, name) =>
  use.measure === "count" ? format.number(use[name]) : format.amount(use[name], use.asset);

const limitTable = (uses) => table("Limits", [
  {title: "Limit", cell: (use) => h("code", {}, use.code)},
  {title: "Of", cell: (use) => `${use.asset}, ${use.measure}`},
  {title: "Used", is_number: true, cell: (use) => units(use, "used")},
  {title: "Maximum", is_number: true, cell: (use) => units(use, "maximum")},
  {title: "Left", is_number: true, cell: (use) => units(use, "remaining")},
  {title: "More from", cell: (use) => use.more_at ? time(use.more_at) : "–"},
], uses);

const COLUMNS = ["created_at", "transaction_id", "kind", "reference", "debit", "credit", "balance"];

/** Saves a user's statement of account in one asset: the lines of wallet.statement, all of them. */
async function saveStatement(id, asset) {
  const rows = [];
  let cursor = null;
  do {
    const page = await get(path`/v1/wallets/${id}/transactions` + query({asset, cursor, limit: "200"}));
    rows.push(...page.items.filter((row) => !format.isZero(row.amount)));
    cursor = page.next_cursor;
  } while (cursor);
  const lines = rows.reverse().map((row) => {
    const side = row.entry_type.toLowerCase();
    return COLUMNS.map((name) => name === side ? row.amount : row[name]);
  });
  save(`statement-${id}-${asset}.csv`, [COLUMNS, ...lines]);
  say(`The statement of ${asset} has ${format.number(lines.length)} lines.`);
}
