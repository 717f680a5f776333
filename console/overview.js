// How much of each asset there is, and whether the wallet is well.

import {get, query} from "./api.js";
import {badge, empty, facts, h, problem, section, time} from "./dom.js";
import {economy} from "./economy.js";
import * as format from "./format.js";

export async function overview() {
  const [health, assets, subscriptions, checkpoints, checks] = await Promise.all([
    "/health", "/v1/assets", "/v1/subscriptions", "/v1/admin/checkpoints?limit=1",
    "/v1/admin/actions?name=verify&limit=1"].map(get));
  const names = new Map(assets.items.map((asset) => [asset.asset, asset]));
  const cards = h("div", {class: "cards"});
  const moment = h("input", {type: "datetime-local", step: "1", onchange: load});

  async function load() {
    const at = moment.value && new Date(moment.value).toISOString();
    try {
      const {items} = await get(`/v1/admin/treasury${query({at})}`);
      cards.replaceChildren(...items.map((row) => card(row, names.get(row.asset))));
    } catch (error) {
      cards.replaceChildren(problem(error));
    }
  }
  await load();

  return [
    h("h1", {}, "Overview"),
    section("What users hold", h("label", {class: "inline"}, "As it was at", moment),
      assets.items.length ? cards : empty("There is no asset yet.",
        "An asset is a currency of your game, such as gold. ",
        h("a", {href: "#/catalogue/assets"}, "Create the first one."))),
    assets.items.length ? economy(assets.items) : "",
    section("Health", [badge(health.status, health.status === "ok" ? "good" : "bad")], facts([
      ["Gateway", health.version],
      ["Functions in the database", health.functions],
      ["Schema", health.schema_version],
      ["Replica", health.replica],
      ["Subscriptions", behind(subscriptions.items)],
      ["Books last checked", checked(checks.items[0])],
      ["Last checkpoint", checkpoints.items[0] ? time(checkpoints.items[0].created_at) : "none yet"],
      ["Asked", time(new Date().toISOString())],
    ]), h("p", {}, h("a", {href: "#/proof"}, "Check the books"))),
  ];
}

/** Who reads events, and is late with it. At most 10,000 events are counted. */
function behind(subscriptions) {
  if (!subscriptions.length) return "none";
  const late = subscriptions.filter((each) => each.behind);
  if (!late.length) return `${format.number(subscriptions.length)}, none is behind`;
  return late.map((each) => h("p", {}, `${each.subscription}: ${format.number(each.behind)} events behind, `
    + "since ", time(each.oldest_at)));
}

function checked(action) {
  if (!action) return "never";
  const {users, findings} = action.details;
  return [time(action.created_at), `: ${format.number(users)} users, `,
    findings ? badge(`${format.number(findings)} faults`, "bad") : "no fault"];
}

function card(row, asset) {
  const used = row.supply && format.thousandths(row.outstanding, row.supply);
  const percent = row.supply && format.percent(used / 1000);
  return h("article", {class: "tile"},
    h("h3", {}, asset.name, " ", h("span", {class: "faint"}, row.asset)),
    h("p", {class: "big"}, format.number(row.outstanding)),
    row.supply
      ? [h("meter", {
          value: `${used}`, max: "1000", high: "900", "aria-label": `Cap of ${row.asset} used`}),
        h("p", {class: "faint"},
          `${percent} of the cap of ${format.number(row.supply)}; `
          + `${format.number(row.remaining)} can still be issued`)]
      : h("p", {class: "faint"}, asset.supply ? "cap unknown at that moment" : "no cap"),
    asset.is_archived && badge("archived"));
}
