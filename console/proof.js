// Are the books right? And are they those of a root that was kept elsewhere?

import {call, get, isSupport, path, query} from "./api.js";
import {field, openChange, reason, text} from "./change.js";
import {button, copyable, download, empty, h, pages, problem, section, table, time} from "./dom.js";
import * as format from "./format.js";

const USER = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/;
const MOST = 1000; // users of a page
const SHOWN = 200; // faults
const SOON = 1000; // milliseconds in which a page is to come
const RIGHT = ["The books are right.", "No fault was found."];

export async function proof(refresh) {
  return [
    h("h1", {}, "Proof"),
    books(),
    kept(),
    checkpoints(refresh),
    section("What this shows", null,
      h("p", {}, "Each balance is the sum of its transfers. Each wallet's chain of hashes is whole. "
        + "Caps and budgets are kept. Every purchase, reward, hold and reversal has its transfer."),
      h("p", {}, "Somebody who can write to the database's tables and computes all the hashes "
        + "anew is not found by this, but by a checkpoint whose root was kept elsewhere.")),
  ];
}

/** The check of all books, page by page. */
function books() {
  const result = h("div", {class: "stack"}, empty("Nothing was checked yet.",
    "The wallet computes every hash and every balance again from the ledger. Nobody has to wait "
    + "for it. With many million transfers it takes minutes."));
  const start = button("Check the books", check, "primary");
  const stop = button("Stop", () => {
    isStopped = true;
    goOn();
  });
  let isStopped;
  let goOn = () => {}; // behind a page that failed
  stop.hidden = true;

  async function check() {
    const bar = h("progress", {max: "1", value: "0", "aria-label": "Checked"});
    const words = h("p", {}, "Checking…");
    const found = h("div", {class: "stack"});
    const findings = [];
    const began = performance.now();
    let checked = 0;
    let from = null;
    let limit = 100;
    let isDone = isStopped = false;
    start.disabled = true;
    stop.hidden = false;
    result.replaceChildren(words, bar, found);
    while (!isDone && !isStopped && result.isConnected) {
      const asked = performance.now();
      try {
        const page = await get(`/v1/admin/verify/page${query({from, limit: `${limit}`})}`);
        checked += page.users;
        findings.push(...page.findings);
        from = page.next_user_id;
        isDone = !from;
        limit = performance.now() - asked < SOON ? Math.min(MOST, limit * 2) : Math.ceil(limit / 2);
      } catch (error) {
        await new Promise((resolve) => found.replaceChildren(problem(error),
          h("p", {}, button("Go on", goOn = resolve, "primary"))));
        limit = Math.ceil(limit / 4); // perhaps it was too much at once
      }
      // The ids of users are random, so how far it has come in their order says how much is done.
      if (from) bar.value = parseInt(from.slice(0, 8), 16) / 2 ** 32;
      words.textContent = `${format.number(checked)} users were checked.`;
      found.replaceChildren(...(findings.length ? verdict(findings) : []));
    }
    const seconds = format.number(((performance.now() - began) / 1000).toFixed(1));
    result.replaceChildren(
      ...verdict(findings, isDone ? RIGHT : ["It was stopped.", "No fault was found until then.", "warn"]),
      h("p", {class: "faint"}, `${format.number(checked)} users were checked, `,
        time(new Date().toISOString()), `, in ${seconds} s.`));
    start.disabled = false;
    stop.hidden = true;
    if (isDone && !isSupport()) {
      await call("POST", "/v1/admin/verifications", {users: checked, findings: findings.length});
    }
  }
  return section("The books", [stop, start], result);
}

function verdict(findings, [well, more, look = "good"] = []) {
  if (!findings.length) {
    return [h("div", {class: `verdict ${look}`, role: "status"}, h("p", {class: "strong"}, well), h("p", {}, more))];
  }
  const title = findings.length === 1
    ? "1 fault was found." : `${format.number(findings.length)} faults were found.`;
  return [
    h("div", {class: "verdict bad", role: "status"}, h("p", {class: "strong"}, title),
      h("p", {}, "Stop what writes to the wallet, and keep a copy of the database as it is.")),
    table("Faults", [
      {title: "What has to be true", cell: (row) => row.check},
      {title: "Where it is not", cell: (row) => subject(row.subject)},
      {title: "Expected", cell: (row) => h("code", {}, row.expected ?? "–")},
      {title: "Found", cell: (row) => h("code", {}, row.found ?? "–")},
    ], findings.slice(0, SHOWN)),
    findings.length > SHOWN && h("p", {class: "faint"},
      `These are the first ${SHOWN}. pgwallet verify --json has all.`),
  ].filter(Boolean);
}

/** A finding's subject, with the way to the user whom it names. */
function subject(text) {
  const [id] = text.match(USER) ?? [];
  if (!id) return text;
  const [before, behind] = text.split(id);
  return [before, h("a", {href: `#/users/${id}`}, id), behind];
}

/** Compares the ledger with a root that somebody has kept. */
function kept() {
  const result = h("div", {class: "stack"});
  const id = text("checkpoint_id", {inputmode: "numeric", required: true, pattern: "[0-9]{1,18}"});
  const root = h("textarea", {name: "root", rows: "3", required: true, spellcheck: "false"});
  // What `pgwallet checkpoint` prints, and what is saved here, says both.
  root.oninput = () => {
    const both = printed(root.value);
    if (!both) return;
    id.value = both.checkpoint_id;
    root.value = both.root;
  };
  const form = h("form", {class: "grants", onsubmit: async (event) => {
    event.preventDefault();
    event.submitter.disabled = true;
    result.replaceChildren(h("progress", {"aria-label": "Comparing"}));
    try {
      const {items} = await get(path`/v1/admin/checkpoints/${id.value}/verify`
        + query({root: root.value.trim().toLowerCase()}));
      result.replaceChildren(...verdict(items, [`History is as it was at checkpoint ${id.value}.`,
        "Check the books too: that shows that all other transfers are in one chain with these."]));
    } catch (error) {
      result.replaceChildren(problem(error));
    }
    event.submitter.disabled = false;
  }},
  field("Root", root, "As it was kept: 64 digits, or all that pgwallet checkpoint printed."),
  field("Checkpoint", id, "Its number."),
  h("div", {class: "actions"}, h("button", {}, "Compare")));
  return section("A root that was kept", null, form, result);
}

function printed(line) {
  try {
    const {checkpoint_id, root} = JSON.parse(line);
    return checkpoint_id && root ? {checkpoint_id, root} : null;
  } catch {
    return null;
  }
}

/** The checkpoints, the newest first, and making one. */
function checkpoints(refresh) {
  const rows = h("div", {class: "timeline"});
  const make = !isSupport() && button("Make a checkpoint", () => openChange({
    title: "Make a checkpoint",
    fields: [reason()],
    done: refresh,
    plan: (values) => ({
      effect: [h("p", {}, "The heads of all chains are written down under one root. No balance changes. "
        + "Keep the root where nobody who can write to this database can write.")],
      button: "Make it",
      request: ["POST", "/v1/admin/checkpoints", {reason: values.reason}],
      said: (made) => `Checkpoint ${made.checkpoint_id} is made. Save its root elsewhere.`,
    }),
  }));
  return section("Checkpoints", make || null, pages(rows,
    (cursor) => get(`/v1/admin/checkpoints${query({cursor})}`),
    (made) => rows.append(checkpoint(made)),
    empty("There is no checkpoint yet.", "A checkpoint writes down where each wallet's history ends. Its "
      + "root, kept elsewhere, later shows that nobody has rewritten what was before.")));
}

const checkpoint = (made) => h("article", {class: "checkpoint", "aria-label": `Checkpoint ${made.checkpoint_id}`},
  h("p", {}, h("strong", {}, `${made.checkpoint_id}`), " · ", time(made.created_at)),
  h("p", {class: "faint"},
    `${format.number(made.wallets)} wallets, ${format.number(made.transfers)} transfers`),
  copyable(made.root),
  button("Save", () => download(`root-${made.checkpoint_id}.json`, JSON.stringify(made)), "small"));
