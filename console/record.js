// What waits for a second operator, and what operators did, the newest first. The filters are in
// the address, which can be sent to a colleague.

import {get, query} from "./api.js";
import {field, text} from "./change.js";
import {badge, empty, facts, h, json, pages, section, time, who} from "./dom.js";
import * as format from "./format.js";
import {proposals, thresholds} from "./proposals.js";

const MOMENTS = ["since", "until"];

export async function record(refresh) {
  const asked = Object.fromEntries(new URLSearchParams(location.hash.split("?")[1]));
  const form = h("form", {class: "filters", onsubmit: (event) => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(form));
    for (const name of MOMENTS) given[name] &&= new Date(given[name]).toISOString();
    location.hash = `#/record${query(given)}`;
  }},
    field("What was done", text("name", {value: asked.name, placeholder: "such as set_user_status"})),
    field("To what", text("subject", {value: asked.subject, placeholder: "a user id or a code"})),
    field("Who did it", text("by", {value: asked.by})),
    MOMENTS.map((name) => field(format.label(name), h("input", {
      name, type: "datetime-local", step: "1", value: asked[name] && format.local(asked[name])}))),
    h("div", {class: "actions"}, h("button", {class: "primary"}, "Show"),
      query(asked) && h("a", {href: "#/record"}, "Show all")));
  const list = h("div", {class: "timeline"});
  let day;
  const load = (cursor) => get(`/v1/admin/actions${query({...asked, cursor})}`);
  const show = (row) => {
    const its = format.day(row.created_at);
    if (its !== day) list.append(h("h3", {}, day = its));
    list.append(action(row));
  };
  return [
    h("h1", {}, "Record"),
    proposals(refresh),
    section("What operators did", null, form, pages(list, load, show, query(asked)
      ? empty("Nothing like this.", "Nothing was done that all of these filters let through.")
      : empty("Nothing was done yet.", "Every change of the catalogue and of an account will be here "
        + "for ever, with who made it. Movements are on the pages of their users."))),
    await thresholds(refresh),
  ];
}

const action = (row) => h("details", {class: "movement action"},
  h("summary", {},
    badge(row.name),
    h("span", {class: "what"}, row.subject),
    h("span", {class: "by faint"}, row.actor),
    time(row.created_at, format.clock)),
  h("div", {class: "behind"}, h("div", {class: "detail"},
    facts([
      ["When", [time(row.created_at), h("br"), h("span", {class: "faint"}, format.utc(row.created_at))]],
      ["Who did it", who(row.actor)],
      ["To what", /propos/.test(row.name) ? row.subject : who(row.subject)],
      ["Reason", row.details.reason],
    ]),
    json(row.details))));
