// A campaign: what it may still give, and a file of users who get something out of it. The wallet
// makes the key of each grant of campaign and user, as it does for `pgwallet grant`: whatever is sent
// again, and from wherever, pays nobody twice.

import {call, get, isSupport, path} from "./api.js";
import {budgetChanger} from "./catalogue.js";
import {amount, field, reason} from "./change.js";
import {button, empty, facts, h, problem, say, section, table, time} from "./dom.js";
import * as format from "./format.js";
import {BadSheet, read, save} from "./sheet.js";

const SIZE = 1000; // grants of a request
const SHOWN = 100; // refused lines
const COMPLAINTS = 20;

export async function campaign(code) {
  const [found, document] = await Promise.all([find(code), get("/openapi.json")]);
  const way = h("p", {class: "way"}, h("a", {href: "#/catalogue/campaigns"}, "Campaigns"));
  if (!found) {
    return [way, h("h1", {}, "No such campaign"), section("No such campaign", null,
      empty(code, "No campaign has this code. Mind the case."))];
  }
  const state = h("div", {class: "stack"}, ...standing(found));
  const refresh = async () => state.replaceChildren(...standing(Object.assign(found, await find(code))));
  const change = !isSupport() && budgetChanger(found, document.components.schemas, refresh);
  return [
    way,
    h("h1", {}, code),
    section("What it may give", change || null, state),
    isSupport() ? "" : upload(found, refresh),
  ];
}

const find = async (code) => (await get("/v1/campaigns")).items.find((row) => row.campaign === code);

const all = (row) => row.budget !== null && !format.isZero(row.budget)
  && format.thousandths(row.granted, row.budget);

const standing = (row) => [
  row.budget !== null && h("meter", {
    value: `${all(row)}`, max: "1000", high: "900", "aria-label": `Budget of ${row.campaign} used`}),
  facts([
    ["Asset", row.asset],
    ["Budget", row.budget === null ? "no limit" : format.amount(row.budget, row.asset)],
    ["Given", `${format.amount(row.granted, row.asset)} to ${users(row.users)}`],
    ["Left", row.remaining === null ? "no limit" : format.amount(row.remaining, row.asset)],
    ["Lives", row.expires_in === null ? "as the asset says" : `${format.number(row.expires_in)} s`],
    ["Since", time(row.created_at)],
  ]),
].filter(Boolean);

const users = (count) => `${format.number(count)} ${count === 1 ? "user" : "users"}`;
const lines = (count) => `${format.number(count)} ${count === 1 ? "line" : "lines"}`;

/** A file of who gets what: looked at, tried, then given, with what happened to each line. */
function upload(row, refresh) {
  const result = h("div", {class: "stack"});
  const input = h("input", {name: "file", type: "file", accept: ".csv,text/csv", required: true});
  const look = h("button", {class: "primary"}, "See what would happen");
  const form = h("form", {class: "grants", onsubmit: (event) => {
    event.preventDefault();
    prepare();
  }, oninput: () => {
    turn++; // what was tried is not what stands in the form now
    look.disabled = false;
    result.replaceChildren(hint());
  }},
  field("File of users (CSV)", input),
  field(`Amount for each, in ${row.asset}`, amount("amount"), "Without it the file has a column amount."),
  reason(),
  h("div", {class: "actions"}, look));
  let turn = 0;

  async function prepare() {
    const mine = ++turn;
    const given = Object.fromEntries(new FormData(form));
    look.disabled = true;
    try {
      const each = given.amount.trim() ? format.read(given.amount) : null;
      const sheet = await read(given.file, each);
      const job = {row: await find(row.campaign), sheet, each, reason: given.reason};
      const tried = await run({...job, isDry: true, place: result, isCurrent: () => mine === turn});
      if (tried && mine === turn) result.replaceChildren(...plan(job, tried, give));
    } catch (error) {
      if (mine === turn) result.replaceChildren(refusal(error));
    }
    look.disabled = false;
  }

  async function give(job) {
    const inputs = form.querySelectorAll("input, button");
    inputs.forEach((each) => { each.disabled = true; });
    result.toggleAttribute("data-busy", true);
    const tally = await run({...job, place: result, isCurrent: () => result.isConnected});
    if (!tally) return;
    result.toggleAttribute("data-busy", false);
    inputs.forEach((each) => { each.disabled = false; });
    result.replaceChildren(...report(job, tally));
    say(`${row.campaign}: ${outcome(row, tally)}.`);
    await refresh();
  }

  result.append(hint());
  return section("Give to many users", null, form, result);
}

const hint = () => empty("Choose a file. Nothing moves before you have seen what would happen.",
  h("code", {}, "external_id,amount,reference"), h("br"), h("code", {}, "player-7,25,ticket 19"), h("br"),
  "The header names the columns: user_id, external_id or email; amount; and reference, if you like. "
  + "A campaign pays each user once. So if this tab is closed or the connection is lost, choose the "
  + "same file again: it goes on where it was.");

/**
 * Sends the lines, a thousand at a time, with a progress bar. What fails can be sent again from where
 * it was. Gives what happened in all, or nothing if the page was left.
 */
async function run({row, sheet, each, reason: why, isDry, place, isCurrent}) {
  const tally = {users: 0, amount: "0", replays: 0, refusals: []};
  const total = sheet.lines.length;
  const bar = h("progress", {max: `${total}`, value: "0", "aria-label": isDry ? "Tried" : "Given"});
  const words = h("p", {});
  const stopped = h("div", {class: "stack"});
  place.replaceChildren(h("div", {class: "stack"}, words, bar), stopped);
  for (let start = 0; start < total;) {
    words.textContent = `${isDry ? "Tried" : "Sent"}: ${format.number(start)} of ${lines(total)}.`;
    const part = sheet.lines.slice(start, start + SIZE);
    const grants = part.map(({cells}) => ({
      user_id: cells.user_id || null, external_id: cells.external_id || null, email: cells.email || null,
      amount: each ?? cells.amount, reference: cells.reference || null}));
    try {
      const url = path`/v1/campaigns/${row.campaign}/grants` + (isDry ? "?dry_run=true" : "");
      const answer = await call("POST", url, {grants, reason: why});
      tally.users += answer.users;
      tally.replays += answer.replays;
      tally.amount = format.add(tally.amount, answer.amount);
      tally.refusals.push(...answer.refusals.map((each) => ({...each, line: part[each.ord - 1]})));
      start += part.length;
      bar.value = start;
    } catch (error) {
      if (!isCurrent()) return null;
      await new Promise((goOn) => stopped.replaceChildren(problem(error),
        h("p", {}, `It has stopped behind ${lines(start)}. What was given stays given, and nothing of it `
          + "is given twice."),
        h("p", {}, button("Go on", goOn, "primary"))));
      stopped.replaceChildren();
    }
    if (!isCurrent()) return null;
  }
  return tally;
}

/** What would happen, and the button that does it. */
function plan(job, tried, give) {
  const {row} = job;
  const short = row.remaining === null ? "0" : format.subtract(tried.amount, row.remaining);
  const isShort = !short.startsWith("-") && !format.isZero(short);
  const start = tried.users > 0 && button(
    `Give ${format.amount(tried.amount, row.asset)} to ${users(tried.users)}`, () => {
      start.disabled = true;
      give(job);
    }, "primary");
  return [
    h("div", {class: "effect", role: "status"},
      h("p", {class: "strong"}, "What will happen"),
      h("ul", {},
        h("li", {}, `${users(tried.users)} would get ${format.amount(tried.amount, row.asset)} in all.`),
        tried.replays > 0 && h("li", {}, `${users(tried.replays)} had it before, and would get nothing more.`),
        tried.refusals.length > 0 && h("li", {}, `${lines(tried.refusals.length)} would be refused.`),
        isShort && h("li", {class: "strong"}, `The budget lacks ${format.amount(short, row.asset)} for `
          + "that. Whoever comes when it is used up would be refused.")),
      start || h("p", {}, "There is nothing left to give.")),
    ...refused(job, tried.refusals),
  ];
}

const outcome = (row, tally) =>
  `${users(tally.users)} got ${format.amount(tally.amount, row.asset)}, `
  + `${format.number(tally.replays)} had been paid before, ${format.number(tally.refusals.length)} refused`;

const report = (job, tally) => [
  h("div", {class: `verdict ${tally.refusals.length ? "warn" : "good"}`},
    h("p", {class: "strong"}, "Done."), h("p", {}, `${outcome(job.row, tally)}.`)),
  ...refused(job, tally.refusals),
];

/** The refused lines in the wallet's words; all of them as a file that can be used again. */
function refused({row, sheet}, refusals) {
  if (!refusals.length) return [];
  const {columns} = sheet;
  return [
    h("div", {class: "actions"}, button("Save the refused lines", () => save(
      `${row.campaign}-refused.csv`, [[...columns, "line", "code", "detail"], ...refusals.map((one) =>
        [...columns.map((name) => one.line.cells[name]), one.line.number, one.code, one.detail])]))),
    table("Refused lines", [
      {title: "Line", is_number: true, cell: (one) => format.number(one.line.number)},
      {title: "User", cell: (one) => toUser(one.line.cells)},
      {title: "Why", cell: (one) => [h("strong", {}, one.message), h("br"), one.detail, h("br"),
        one.hint, " ", h("span", {class: "faint"}, one.code)]},
    ], refusals.slice(0, SHOWN)),
    refusals.length > SHOWN && h("p", {class: "faint"},
      `These are the first ${SHOWN}. The file has all ${format.number(refusals.length)}.`),
  ].filter(Boolean);
}

const toUser = ({user_id: id, external_id: external, email}) => {
  const name = id || external || email;
  return name ? h("a", {href: `#/users/${encodeURIComponent(name)}`}, name) : "nobody";
};

function refusal(error) {
  if (!(error instanceof BadSheet)) return problem(error);
  const {complaints} = error;
  return h("div", {class: "problem", role: "alert"},
    h("p", {class: "strong"}, "Nothing was sent, as the file has bad lines."),
    h("ul", {}, complaints.slice(0, COMPLAINTS).map(([line, what]) => h("li", {}, `Line ${line}: ${what}`))),
    complaints.length > COMPLAINTS
      && h("p", {}, `And ${format.number(complaints.length - COMPLAINTS)} more.`));
}
