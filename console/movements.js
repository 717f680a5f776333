// A user's movements, what is behind each, and taking one back.

import {get, path, query} from "./api.js";
import {amount, balance, field, openChange, reason, select} from "./change.js";
import {badge, button, copyable, empty, facts, h, json, pages, problem, section, table, time, who} from "./dom.js";
import * as format from "./format.js";

const FINAL = ["REVERSAL", "HOLD", "RELEASE", "REFUND", "REPAY", "FORGIVE"]; // there is nothing to take back

const to = (user, id) => h("a", {href: `#/users/${user}/transactions/${id}`}, id);

/** All movements, the newest first, each with what is behind it. */
export function timeline(user, balances, assets, kinds, refresh) {
  const held = new Set(balances.map((row) => row.asset));
  const codes = assets.map(({asset}) => asset).filter((code) => held.has(code));
  const asset = select("asset", [["", "All assets"], ...codes]);
  const kind = select("kind", [["", "All kinds"], ...kinds]);
  asset.setAttribute("aria-label", "Asset");
  kind.setAttribute("aria-label", "Kind");
  const box = h("div");
  const filter = () => {
    const list = h("div", {class: "timeline"});
    let day;
    const load = (cursor) => get(path`/v1/wallets/${user}/transactions`
      + query({asset: asset.value, kind: kind.value, cursor}));
    const show = (row) => {
      const today = format.day(row.created_at);
      if (today !== day) list.append(h("h3", {}, day = today));
      list.append(movement(user, row, refresh));
    };
    box.replaceChildren(pages(list, load, show, asset.value || kind.value
      ? empty("Nothing like this.", "No movement of this user has this asset and this kind.")
      : empty("Nothing has moved yet.", "Every top-up, purchase and reward will be here for ever.")));
  };
  asset.onchange = kind.onchange = filter;
  filter();
  return section("Movements", [asset, kind], box);
}

const signed = (row) => `${row.entry_type === "DEBIT" ? "−" : "+"}${format.amount(row.amount, row.asset)}`;

function movement(user, row, refresh) {
  const behind = h("div", {class: "behind"});
  return h("details", {class: "movement", ontoggle: async (event) => {
    if (!event.target.open || behind.childElementCount) return;
    behind.replaceChildren(h("progress", {"aria-label": "Loading"}));
    try {
      behind.replaceChildren(await detail(user, row.transaction_id, refresh));
    } catch (error) {
      behind.replaceChildren(problem(error));
    }
  }}, h("summary", {},
    badge(row.kind, row.entry_type === "DEBIT" ? "debit" : "credit"),
    h("span", {class: "what"}, row.reference ?? row.metadata?.reason ?? ""),
    time(row.created_at, format.clock),
    h("span", {class: `number ${row.entry_type === "DEBIT" ? "debit" : "credit"}`}, signed(row)),
    h("span", {class: "number faint"}, h("span", {class: "unseen"}, "balance "), format.number(row.balance))),
  behind);
}

/** What is behind a transaction: its entries, its request, what it takes back and what took it back. */
export async function detail(user, id, refresh) {
  const made = await get(path`/v1/wallets/${user}/transactions/${id}`);
  const [back, refunds] = await Promise.all([made.reversed_by, made.refunded_by].map((ids) =>
    Promise.all((ids ?? []).map((other) => get(path`/v1/wallets/${user}/transactions/${other}`)))));
  // What the newest notice of a store has left taken.
  const taken = refunds.at(-1)?.details.result.taken ?? "0";
  const left = back.reduce((sum, reversal) => format.subtract(sum, reversal.amount),
    format.subtract(made.amount, String(taken)));
  const canReverse = !FINAL.includes(made.kind) && !format.isZero(left);
  return h("div", {class: "detail"},
    facts([
      ["Kind", badge(made.kind)],
      ["Transaction", copyable(id)],
      ["When", [time(made.created_at), h("br"), h("span", {class: "faint"}, format.utc(made.created_at))]],
      ["Who asked", who(made.actor)],
      ["Reason", made.details?.reason ?? made.metadata?.reason],
      ["Reference", made.reference],
      ["Idempotency key", h("code", {}, made.idempotency_key)],
      ["Reverses", made.reverses && to(user, made.reverses)],
      ["Reversed by", back.length ? h("ul", {}, back.map((reversal) => h("li", {},
        `${format.amount(reversal.amount, reversal.asset)} by `, to(user, reversal.transaction_id)))) : null],
      ["Refunds", made.refunds && to(user, made.refunds)],
      ["Refunded, says the store", refunds.length ? h("ul", {}, refunds.map((refund) => h("li", {},
        `${format.amount(String(refund.details.refunded), refund.asset)} in all, by `,
        to(user, refund.transaction_id)))) : null],
    ]),
    table("Entries", [
      {title: "Account", cell: (row) => row.account},
      {title: "Debit", is_number: true, cell: (row) => side(row, "DEBIT")},
      {title: "Credit", is_number: true, cell: (row) => side(row, "CREDIT")},
      {title: "Balance after", is_number: true, cell: (row) =>
        row.balance_after === null ? "" : format.amount(row.balance_after, row.asset)},
    ], made.entries),
    made.metadata && h("details", {}, h("summary", {}, "Metadata"), json(made.metadata)),
    made.details && h("details", {}, h("summary", {}, "Request and result"), json(made.details)),
    canReverse && h("p", {}, button(verb(made), () => reverse(user, made, left, refresh))));
}

const side = (row, type) => row.entry_type === type ? format.amount(row.amount, row.asset) : "";

const legsOf = (made) => made.entries.filter((row) => row.account === "USER");
const isCredit = (row) => row.entry_type === "CREDIT";

/** The word for its reversal: a user who paid is refunded; what a user got is taken back. */
const verb = (made) => (legsOf(made).some(isCredit) ? "Take back" : "Refund");

/** Reverses a transaction, whole or in part. `left` is what was not reversed yet. */
async function reverse(user, made, left, done) {
  const {balances} = await get(path`/v1/wallets/${user}`);
  const balanceOf = (code) => balances.find((row) => row.asset === code)?.balance ?? "0";
  const legs = legsOf(made);
  const takes = legs.some(isCredit);
  const effect = (leg, size, after) => h("div", {},
    h("p", {}, isCredit(leg) ? "Taken from the user: " : "Given back to the user: ",
      h("strong", {}, format.amount(size, leg.asset))),
    balance(leg.asset, balanceOf(leg.asset), after));
  openChange({
    title: verb(made),
    fields: [
      field("Amount", amount("amount", {value: format.written(left), required: true}),
        left === made.amount ? `In ${made.asset}. As it stands, all of it.`
          : `${format.amount(left, made.asset)} is left of ${format.amount(made.amount, made.asset)}.`),
      reason(),
      takes && field("If the user has spent it", select("policy",
        [["reject", "refuse"], ["clamp", "take what is there"]])),
    ].filter(Boolean),
    done,
    look: takes ? "danger" : "",
    plan(values) {
      if (!values.amount) throw new Error("How much?");
      const size = format.read(values.amount);
      const body = {amount: size, reason: values.reason, ...(takes && {policy: values.policy})};
      const id = made.transaction_id;
      return {
        foretell: (receipt) => [
          effect(legs[0], receipt.amount, receipt.balance),
          legs[1] && effect(legs[1], receipt.counter_amount, receipt.counter_balance),
          receipt.shortfall && !format.isZero(receipt.shortfall) && h("p", {},
            `The user has spent the other ${format.amount(receipt.shortfall, made.asset)}.`),
        ],
        button: `${verb(made)} ${format.amount(size, made.asset)}`,
        request: ["POST", path`/v1/wallets/${user}/transactions/${id}/reverse`, body],
        call: ["reverse", {user_id: user, transaction_id: id, ...body}],
        said: (receipt) => `${format.amount(receipt.amount, made.asset)} was ${takes ? "taken back" : "refunded"}. `
          + `The balance is ${format.amount(receipt.balance, made.asset)}.`,
      };
    },
  });
}


