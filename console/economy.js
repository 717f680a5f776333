// Pictures of an asset's days: what came and went by kind, what users held and how it was spread, who
// moved something, who earned and spent most. The heights are near enough; the figures below them are
// exact.

import {get, query} from "./api.js";
import {select} from "./change.js";
import {badge, empty, h, problem, section, svg, table} from "./dom.js";
import * as format from "./format.js";

const RANGES = [["7", "7 days"], ["30", "30 days"], ["90", "90 days"]];
// The order in which kinds get their colours, and lie on each other.
const KINDS = ["TOPUP", "BONUS", "TASK", "SPEND", "PURCHASE", "CAPTURE", "CONVERT", "REVERSAL", "ADJUST"];
const WIDE = 720;
const HIGH = 220;
const EDGE = 8;
const ODD = 10; // times what half of the others have earned at most

const look = (kind) => `kind-${KINDS.includes(kind) ? KINDS.indexOf(kind) : KINDS.length}`;

/** The days of one asset, which the viewer chooses. */
export function economy(assets) {
  const asset = select("asset", assets.map((one) => one.asset));
  const range = select("range", RANGES, "30");
  asset.setAttribute("aria-label", "Asset");
  range.setAttribute("aria-label", "Time");
  const shown = h("div", {class: "days"});
  let turn = 0;

  async function load() {
    const asked = ++turn;
    shown.setAttribute("aria-busy", "true");
    const to = new Date();
    const from = new Date(to - (range.value - 1) * 86_400_000);
    const [from_day, to_day] = [from, to].map((day) => day.toISOString().slice(0, 10));
    const which = {asset: asset.value, from_day, to_day};
    let found;
    try {
      const [{items: days}, {items: spread}, {items: leaders}] = await Promise.all([
        get(`/v1/economy${query(which)}`),
        get(`/v1/economy/distribution${query(which)}`),
        get(`/v1/economy/leaders${query({asset: asset.value, days: range.value})}`),
      ]);
      found = [
        ...pictures(days.map((day, index) => ({...spread[index], ...day}))),
        ...ranks(leaders, asset.value),
      ];
    } catch (error) {
      found = [problem(error)];
    }
    if (asked !== turn) return; // another one was chosen meanwhile
    const isOpen = shown.querySelector("details[open]") !== null;
    shown.replaceChildren(...found);
    shown.querySelector("details")?.toggleAttribute("open", isOpen);
    shown.setAttribute("aria-busy", "false");
  }
  asset.onchange = range.onchange = load;
  load();
  return section("Day by day", [asset, range], shown);
}

function pictures(days) {
  const {asset} = days[0];
  if (days.every((day) => !day.transfers)) {
    return [empty("Nothing has moved in these days.", "Each bar will be a day (UTC): above the line "
      + "what users got, below it what they used.")];
  }
  const kinds = [...new Set(days.flatMap((day) =>
    [...Object.keys(day.issued_by_kind), ...Object.keys(day.removed_by_kind)]))];
  kinds.sort((a, b) => KINDS.indexOf(a) - KINDS.indexOf(b));
  return [
    figure(`What users got and used of ${asset}`, bars(days, kinds),
      h("ul", {class: "legend"}, kinds.map((kind) => h("li", {class: look(kind)}, kind)))),
    figure(`What users held of ${asset} at the end of the day`, line(days, (day) => day.outstanding)),
    figure(`Users who moved some ${asset}`, line(days, (day) => day.movers)),
    figure(`Users who did so for the first time`, line(days, (day) => day.new_users)),
    figure(`Half of those who have ${asset} have at most`, line(days, (day) => day.median ?? "0")),
    figure("How unequal that is (Gini: 0 if all have the same)", line(days, (day) => day.gini ?? "0")),
    h("details", {}, h("summary", {}, "The figures"), table("The figures", [
      {title: "Day", cell: (day) => h("time", {datetime: day.day}, day.day)},
      ...["issued", "removed", "outstanding", "transfers", "movers", "new_users", "holders", "average",
        "median", "gini"].map((name) => ({
        title: format.label(name), is_number: true, cell: (day) => format.number(day[name] ?? "0")})),
      {title: "Richest 1 % have", is_number: true, cell: (day) => format.percent(day.top_share ?? "0")},
    ], [...days].reverse())),
  ];
}

/** Who earned and who spent most. A user who earned many times what the others did is marked. */
function ranks(leaders, asset) {
  if (!leaders.length) {
    return [empty("Nobody is ranked here.", "Who earned and who spent most is counted once a day, when "
      + "the day (UTC) is over, by pgwallet sweep.")];
  }
  const {from_day, to_day} = leaders[0];
  return [["earned", "Top earners"], ["spent", "Top spenders"]].map(([direction, title]) => {
    const rows = leaders.filter((row) => row.direction === direction);
    return h("div", {class: "ranks"}, h("h3", {}, title),
      h("p", {class: "faint"}, `From ${from_day} to the end of ${to_day}. `, rows.length
        ? `${format.number(rows[0].users)} users; half of them ${direction} at most `
          + `${format.amount(rows[0].median, asset)}.`
        : `Nobody ${direction} any.`),
      rows.length ? table(title, [
        {title: "User", cell: (row) => h("a", {href: `#/users/${row.user_id}`}, row.name ?? row.user_id)},
        {title: format.label(direction), is_number: true, cell: (row) => format.number(row.amount)},
        {title: "Times that half", is_number: true, cell: (row) => badge(
          `${format.number(row.times_median)} x`, row.times_median >= ODD ? "warn" : "")},
      ], rows) : "");
  });
}

const figure = (title, picture, ...more) =>
  h("figure", {}, h("figcaption", {class: "strong"}, title), picture, more);

const canvas = (days, about, ...shapes) => h("div", {},
  svg("svg", {viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", "aria-label": about}, shapes),
  h("p", {class: "faint axis"}, h("span", {}, days[0].day), h("span", {}, days.at(-1).day)));

const sum = (amounts) => Object.values(amounts).reduce((all, amount) => all + Number(amount), 0);

/** A bar for each day: what was issued upwards, what was removed downwards. */
function bars(days, kinds) {
  const up = Math.max(...days.map((day) => sum(day.issued_by_kind)));
  const down = Math.max(...days.map((day) => sum(day.removed_by_kind)));
  const unit = (HIGH - 2 * EDGE) / (up + down || 1);
  const zero = EDGE + up * unit;
  const step = WIDE / days.length;
  const bar = (day, index) => {
    const shapes = [];
    for (const [amounts, direction] of [[day.issued_by_kind, -1], [day.removed_by_kind, 1]]) {
      let end = zero;
      for (const kind of kinds.filter((each) => each in amounts)) {
        const height = Number(amounts[kind]) * unit;
        shapes.push(svg("rect", {
          class: look(kind), x: index * step + step * 0.1, width: step * 0.8,
          y: direction < 0 ? end - height : end, height,
        }, svg("title", {}, `${day.day}: ${kind} ${format.amount(amounts[kind], day.asset)}`)));
        end += direction * height;
      }
    }
    return shapes;
  };
  const all = (name) => format.number(days.reduce((total, day) => total + Number(day[name]), 0),
    {minimumFractionDigits: 0, maximumFractionDigits: 2});
  return canvas(days,
    `From ${days[0].day} to ${days.at(-1).day} users got ${all("issued")} and used ${all("removed")}.`,
    days.map(bar), svg("line", {class: "zero", x1: 0, x2: WIDE, y1: zero, y2: zero}));
}

/** A point for each day, above zero. */
function line(days, value) {
  const most = Math.max(...days.map((day) => Number(value(day)))) || 1;
  const place = (day, index) => [
    (index + 0.5) * (WIDE / days.length),
    HIGH - EDGE - (Number(value(day)) / most) * (HIGH - 2 * EDGE),
  ];
  const points = days.map(place);
  return canvas(days,
    `From ${format.number(value(days[0]))} on ${days[0].day} to ${format.number(value(days.at(-1)))} `
    + `on ${days.at(-1).day}, ${format.number(most)} at most.`,
    svg("polyline", {class: "trend", points: points.map((point) => point.join(",")).join(" ")}),
    points.map(([cx, cy], index) => svg("circle", {class: "trend", cx, cy, r: 3},
      svg("title", {}, `${days[index].day}: ${format.number(value(days[index]))}`))),
    svg("line", {class: "zero", x1: 0, x2: WIDE, y1: HIGH - EDGE, y2: HIGH - EDGE}));
}
