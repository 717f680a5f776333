// A user: found, looked at, changed.

import {get, isSupport, path, query} from "./api.js";
import {amount, balance, field, openChange, reason, select, text} from "./change.js";
import {badge, button, copyable, empty, facts, h, pages, section, table, time} from "./dom.js";
import * as format from "./format.js";
import {holdings} from "./holdings.js";
import {detail, timeline} from "./movements.js";

const LOOKS = {active: "good", frozen: "warn", closed: "bad"};

export const nameOf = (user) => user.name ?? user.external_id ?? user.email ?? "A user";

const find = async (text) => (await get(`/v1/admin/users${query({query: text})}`)).items;

export async function search() {
  const form = h("form", {class: "search", onsubmit: (event) => {
    event.preventDefault();
    location.hash = `#/users/${encodeURIComponent(form.elements.who.value.trim())}`;
  }}, field("Name, e-mail, external id or user id", text("who", {type: "search", required: true})),
    h("button", {class: "primary"}, "Find"));
  return [
    h("h1", {}, "Users"),
    section("Find a user", null, form, h("p", {class: "faint"},
      "The beginning of a name, e-mail address or external id is enough. ",
      "The external id is the one that your game has given to the user. ",
      "The key / takes you to the search from every page.")),
  ];
}

const MOST = 50;

/** The page of the one user that `text` names: by any id, or else the only one by a beginning. */
export async function user(text, refresh) {
  let found = await find(text);
  if (found.length !== 1) {
    found = (await get(`/v1/admin/users/search${query({query: text, limit: MOST})}`)).items;
  }
  if (found.length === 1) return userPage(found[0], refresh);
  if (!found.length) {
    return [h("h1", {}, "Nobody was found"), section("Nobody was found", null,
      empty(text, "No user has this user id. No name, e-mail address or external id begins with this. "
        + "Mind the case of an external id."), h("p", {}, h("a", {href: "#/users"}, "Search again")))];
  }
  return [h("h1", {}, "Users"), section(`${format.number(found.length)} users begin with “${text}”`, null,
    table("Users", [
      {title: "Name", cell: (one) => h("a", {href: `#/users/${one.user_id}`}, nameOf(one))},
      {title: "External id", cell: (one) => one.external_id ?? ""},
      {title: "E-mail", cell: (one) => one.email ?? ""},
      {title: "Status", cell: (one) => badge(one.status, LOOKS[one.status])},
      {title: "Since", cell: (one) => time(one.created_at)},
    ], found),
    found.length === MOST && h("p", {class: "faint"}, "There may be more of them. Write more of it."),
  )];
}

async function userPage(user, refresh) {
  const id = user.user_id;
  const [{balances}, {items: assets}, document] = await Promise.all(
    [get(path`/v1/wallets/${id}`), get("/v1/assets"), get("/openapi.json")]);
  const held = await holdings(id, balances, assets);
  const isActive = user.status === "active";
  return [
    h("div", {class: "title"},
      h("h1", {}, nameOf(user)), badge(user.status, LOOKS[user.status]), badge(user.role),
      h("div", {class: "actions"},
        button("Grant", () => move("bonus", user, balances, assets, refresh), "primary"),
        !isSupport() && [
          button("Spend", () => move("spend", user, balances, assets, refresh)),
          isActive
            ? button("Freeze", () => setStatus(user, "frozen", refresh))
            : button("Reopen", () => setStatus(user, "active", refresh)),
          button("Revoke tokens", () => revoke(user, refresh))])),
    h("div", {class: "columns"},
      held,
      h("div", {class: "aside"},
        section("Who it is", null, facts([
          ["User id", copyable(id)],
          ["External id", user.external_id && copyable(user.external_id)],
          ["E-mail", user.email && copyable(user.email)],
          ["Phone", user.phone],
          ["Since", time(user.created_at)],
          ["Done to the account", h("a", {href: `#/record?subject=${id}`}, "The record")],
        ])),
        holds(id, refresh)),
      timeline(id, balances, assets, document.components.schemas.Kind.enum, refresh)),
  ];
}

function holds(id, refresh) {
  const list = h("ul", {class: "holds"});
  const load = (cursor) => get(path`/v1/wallets/${id}/holds` + query({status: "open", cursor}));
  return section("Open holds", null, pages(list, load, (hold) => list.append(h("li", {},
    h("div", {},
      h("p", {class: "strong"}, format.amount(hold.remaining, hold.asset)),
      h("p", {class: "faint"}, hold.reference, hold.reference && " · ", "until ", time(hold.expires_at))),
    !isSupport() && button("Release", () => release(id, hold, refresh), "small"))),
  empty("No open hold.", "A hold sets an amount aside, such as a stake, until it is captured, "
    + "released or expires.")));
}

function release(id, hold, done) {
  openChange({
    title: "Release hold",
    fields: [reason()],
    done,
    plan: (values) => ({
      foretell: () => [h("p", {}, h("strong", {}, format.amount(hold.remaining, hold.asset)),
        " can be spent again. The balance stays as it is. The hold ends, and nothing more of it can "
        + "be captured.")],
      button: `Release ${format.amount(hold.remaining, hold.asset)}`,
      request: ["POST", path`/v1/wallets/${id}/holds/${hold.hold_id}/release`,
        {metadata: {reason: values.reason}}],
      said: () => `${format.amount(hold.remaining, hold.asset)} is released.`,
    }),
  });
}

const WAYS = {
  bonus: {title: "Grant", does: "gets", done: "granted"},
  spend: {title: "Spend", does: "pays", done: "spent"},
};

/** Gives the user something, or spends it for him. */
function move(way, user, balances, assets, done) {
  const words = WAYS[way];
  const open = assets.filter((asset) => !asset.is_archived).map(({asset}) => asset);
  openChange({
    title: words.title,
    fields: [
      h("div", {class: "pair"}, field("Amount", amount("amount", {required: true})),
        field("Asset", select("asset", open))),
      reason(),
      field("Reference", text("reference", {maxlength: 255}), "Your own, such as a ticket's number."),
    ],
    done,
    plan({amount: written, asset, reason, reference}) {
      if (!written) throw new Error(`How much? The books call it a ${way.toUpperCase()}.`);
      const given = format.read(written);
      const body = {asset, amount: given, reference: reference || null, metadata: {reason}};
      const now = balances.find((row) => row.asset === asset)?.balance ?? "0";
      return {
        foretell: (receipt) => [
          h("p", {}, `${nameOf(user)} ${words.does} `, h("strong", {}, format.amount(receipt.amount, asset)), "."),
          balance(asset, now, receipt.balance),
        ],
        button: `${words.title} ${format.amount(given, asset)}`,
        request: ["POST", `${path`/v1/wallets/${user.user_id}/`}${way}`, body],
        call: way === "bonus" && [way, {user_id: user.user_id, ...body}],
        said: (receipt) => `${format.amount(receipt.amount, asset)} was ${words.done}. `
          + `The balance is ${format.amount(receipt.balance, asset)}.`,
      };
    },
  });
}

function setStatus(user, status, done) {
  const [title, effect] = {
    frozen: ["Freeze", "Nothing moves in this wallet any more, except what you take back or "
      + "correct. All of the user's tokens end within a minute."],
    active: ["Reopen", "The wallet moves again. The user has to log in again."],
  }[status];
  openChange({
    title: `${title} the account`,
    fields: [reason()],
    done,
    look: status === "frozen" ? "danger" : "",
    plan: (values) => ({
      effect: [h("p", {}, `${nameOf(user)}: ${user.status} → `, h("strong", {}, status)),
        h("p", {}, effect)],
      button: `${title} the account`,
      request: ["POST", path`/v1/admin/users/${user.user_id}/status`, {status, reason: values.reason}],
      said: (changed) => `The account is ${changed.status}.`,
    }),
  });
}

function revoke(user, done) {
  openChange({
    title: "Revoke tokens",
    fields: [reason()],
    done,
    look: "danger",
    plan: (values) => ({
      effect: [h("p", {}, `Every token that ${nameOf(user)} has by now ends within a minute. `,
        "The user can log in again. The wallet stays as it is.")],
      button: "Revoke the tokens",
      request: ["POST", path`/v1/admin/users/${user.user_id}/tokens/revoke`, {reason: values.reason}],
      said: () => "The tokens are revoked.",
    }),
  });
}

/** One transaction on a page of its own, so that there is an address to send to a colleague. */
export async function transaction(id, transactionId, refresh) {
  const [[user], shown] = await Promise.all([find(id), detail(id, transactionId, refresh)]);
  return [
    h("p", {class: "way"}, h("a", {href: `#/users/${id}`}, user ? nameOf(user) : id)),
    h("h1", {}, "Transaction"),
    section("Transaction", null, shown),
  ];
}
