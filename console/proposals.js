// What waits for a second operator, and above what it has to wait.

import {claims, get, isSupport, path, query} from "./api.js";
import {amount, field, openChange, reason, select} from "./change.js";
import {badge, button, empty, facts, h, json, pages, section, table, time, who} from "./dom.js";
import * as format from "./format.js";

const LOOKS = {pending: "warn", approved: "good", rejected: "bad"};
const STATUSES = ["pending", "approved", "rejected", "expired"];

/** What was proposed, by status, the newest first. */
export function proposals(refresh) {
  const status = select("status", [...STATUSES, ["", "all"]]);
  status.setAttribute("aria-label", "Status");
  const box = h("div");
  status.onchange = () => {
    const list = h("div", {class: "timeline"});
    const load = (cursor) => get(`/v1/admin/proposals${query({status: status.value, cursor})}`);
    box.replaceChildren(pages(list, load, (row) => list.append(proposal(row, refresh)),
      empty("None.", "A change above a threshold waits here until another operator approves or "
        + "rejects it.")));
  };
  status.onchange();
  return section("Proposals", status, box);
}

/** How much it is about, as far as its arguments say. */
function sizeOf({function: name, arguments: given}) {
  if (name === "set_threshold") return `${given.function}, ${given.asset}: ${shown(given.most, "none")}`;
  const size = given.amount ?? given.reward ?? given.budget ?? given.supply ?? given.to_amount;
  const of = given.asset ?? given.to_asset ?? given.campaign ?? "";
  return `${shown(size, "all")} ${of}`.trim();
}

const shown = (value, otherwise) => value == null ? otherwise : format.number(`${value}`);

const VIEWS = {
  user_id: who,
  transaction_id: (id, {user_id: user}) => h("a", {href: `#/users/${user}/transactions/${id}`}, id),
  created_at: (text) => time(text),
};
const NEW = ["transaction_id", "created_at"]; // what has not run has none of its own

/** What a call has answered, or would, as far as it is no object. */
const answerOf = (answer, isDone) => facts(Object.entries(answer)
  .filter(([name, value]) => ["string", "number"].includes(typeof value) && (isDone || !NEW.includes(name)))
  .map(([name, value]) => [format.label(name), (VIEWS[name] ?? String)(value, answer)]));

function proposal(row, refresh) {
  const isOwn = row.proposed_by === claims().sub;
  const decide = (way, title, plan, look) => button(title, () => openChange({
    title: `${title}: ${row.function}`,
    fields: [reason()],
    done: refresh,
    look,
    plan: (values) => ({
      button: title,
      request: ["POST", path`/v1/admin/proposals/${row.proposal_id}/` + way, {reason: values.reason}],
      ...plan,
    }),
  }), look || "primary");
  return h("details", {class: "movement action"},
    h("summary", {},
      badge(row.function),
      h("span", {class: "what"}, `${sizeOf(row)} · ${row.reason ?? ""}`),
      h("span", {class: "by faint"}, row.proposed_by),
      badge(row.status, LOOKS[row.status])),
    h("div", {class: "behind"}, h("div", {class: "detail"},
      facts([
        ["User", row.user_id && who(row.user_id)],
        ["Reason", row.reason],
        ["Proposed by", who(row.proposed_by)],
        ["Proposed", time(row.created_at)],
        ["Expires", time(row.expires_at)],
        ["Decided by", row.decided_by && who(row.decided_by)],
        ["Decided", row.decided_at && time(row.decided_at)],
        ["Decided because", row.decision_reason],
      ]),
      h("p", {class: "strong"}, "The call"), json({[row.function]: row.arguments}),
      h("p", {class: "strong"}, row.result ? "What it did" : "What it would have done when it was proposed"),
      answerOf(row.result ?? row.forecast, row.result),
      row.status === "pending" && !isSupport() && h("div", {class: "actions"},
        isOwn ? h("p", {class: "faint"}, "Yours: another operator approves it.")
          : decide("approve", "Approve", {
              foretell: (approved) => [answerOf(approved.result)],
              said: () => "It is approved and done.",
            }),
        decide("reject", isOwn ? "Take it back" : "Reject", {
          effect: [h("p", {}, "The call never runs.")],
          said: () => "It is rejected. Nothing was done.",
        }, "danger")))));
}

/** The thresholds, with a way to set one. */
export async function thresholds(refresh) {
  const [{items}, assets, document] = await Promise.all(
    [get("/v1/admin/thresholds"), get("/v1/assets"), get("/openapi.json")]);
  const functions = document.components.schemas.CallFunction.enum.filter((name) => name !== "set_threshold");
  const set = (row) => openChange({
    title: "Set a threshold",
    fields: [
      field("Function", select("function", functions, row?.function)),
      field("Asset", select("asset", assets.items.map(({asset}) => asset), row?.asset)),
      field("Most", amount("most", {value: format.written(row?.most ?? "")}),
        "What one operator may do with one call. 0: each call waits. Empty: none waits."),
      reason(),
    ],
    done: refresh,
    plan({function: name, asset, most, reason}) {
      const given = {most: most ? format.read(most) : null, reason};
      return {
        effect: [h("p", {}, given.most === null
          ? `Any ${name} of ${asset} is for one operator alone.`
          : `A ${name} of more than ${format.amount(given.most, asset)} waits for a second operator.`)],
        button: "Set it",
        request: ["PUT", path`/v1/admin/thresholds/${name}/${asset}`, given],
        call: ["set_threshold", {function: name, asset, ...given}],
        said: () => "The threshold is set.",
      };
    },
  });
  const change = {title: "", cell: (row) => {
    const made = button("Change", () => set(row), "small");
    made.setAttribute("aria-label", `Change ${row.function} of ${row.asset}`);
    return made;
  }};
  const columns = [
    {title: "Function", cell: (row) => h("code", {}, row.function)},
    {title: "One operator alone", is_number: true, cell: (row) => format.amount(row.most, row.asset)},
  ];
  const create = !isSupport() && assets.items.length ? button("Set a threshold", () => set()) : null;
  return section("Thresholds", create, items.length
    ? table("Thresholds", isSupport() ? columns : [...columns, change], items)
    : empty("None is set.", "Each operator does everything alone. With a threshold, more than that "
      + "waits for a second one."));
}
