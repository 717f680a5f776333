// Assets, rates, tasks, items: listed, created, changed. The API's own description says which fields
// there are and what they mean.

import {get, isSupport, path} from "./api.js";
import {badge, button, empty, h, section, table, time} from "./dom.js";
import * as format from "./format.js";
import {amount, field, propose, select, text} from "./propose.js";

const status = (is, yes, no) => badge(is ? yes : no, is ? "good" : "");
const units = (name, asset = (row) => row.asset) => ({
  title: format.label(name), is_number: true,
  cell: (row) => row[name] === null ? "–" : format.amount(row[name], asset(row)),
});
const count = (name) => ({
  title: format.label(name), is_number: true,
  cell: (row) => row[name] === null ? "no limit" : format.number(row[name]),
});
const named = [
  {title: "Name", cell: (row) => h("strong", {}, row.name)},
  {title: "Code", cell: (row) => h("code", {}, row.code ?? row.asset)},
];
const active = {title: "State", cell: (row) => status(row.is_active, "active", "closed")};
const created = {title: "Created", cell: (row) => time(row.created_at)};

const SHELVES = {
  "assets": {
    title: "Assets", one: "asset", create: "NewAsset", change: "AssetChange",
    at: (row) => path`/v1/admin/assets/${row.asset}`,
    columns: [
      ...named, {title: "Decimals", is_number: true, cell: (row) => format.number(row.scale)},
      units("supply"), units("sign_up_bonus"),
      {title: "State", cell: (row) => status(!row.is_archived, "active", "archived")}, created,
    ],
    words: "An asset is a currency of your game: gold, diamonds, points.",
  },
  "conversion-rates": {
    title: "Rates", one: "rate", create: "NewRate", change: "NewRate", method: "PUT",
    at: (row) => path`/v1/admin/conversion-rates/${row.from_asset}/${row.to_asset}`,
    columns: [
      {title: "From", cell: (row) => format.amount(row.from_amount, row.from_asset)},
      {title: "To", cell: (row) => format.amount(row.to_amount, row.to_asset)},
      {title: "Since", cell: (row) => time(row.created_at)},
    ],
    words: "A rate lets users convert one asset into another. The wallet refuses rates with which "
      + "a round trip would gain.",
  },
  "tasks": {
    title: "Tasks", one: "task", create: "NewTask", change: "TaskChange",
    at: (row) => path`/v1/admin/tasks/${row.task_id}`,
    columns: [
      ...named, units("reward"), count("max_completions"),
      {title: "Cooldown", is_number: true,
        cell: (row) => row.cooldown === null ? "–" : `${format.number(row.cooldown)} s`},
      {title: "Reported by", cell: (row) => row.is_self_service ? "users" : "your backend"}, active,
    ],
    words: "A task pays a reward when a user completes it, such as the day's first log-in.",
  },
  "items": {
    title: "Items", one: "item", create: "NewItem", change: "ItemChange",
    at: (row) => path`/v1/admin/items/${row.item_id}`,
    columns: [...named, units("price"), count("stock"), count("max_per_user"), active],
    words: "An item is what users buy: a sword, a skin, a place in a tournament.",
  },
};

export async function catalogue(name, refresh) {
  const shelf = SHELVES[name];
  const [{items}, assets, document] = await Promise.all(
    [get(`/v1/${name}`), get("/v1/assets"), get("/openapi.json")]);
  const codes = assets.items.filter((asset) => !asset.is_archived).map(({asset}) => asset);
  const open = (row) => edit(name, shelf, row, codes, document.components.schemas, refresh);
  const lacks = {"assets": 0, "conversion-rates": 2}[name] ?? 1;
  const create = codes.length < lacks || isSupport() ? null : button(`Create ${shelf.one}`, () => open(), "primary");
  const change = {title: "", cell: (row) => {
    const made = button("Change", () => open(row), "small");
    made.setAttribute("aria-label", `Change ${subject(row)}`);
    return made;
  }};
  return [
    h("h1", {}, shelf.title),
    section(shelf.title, create, items.length
      ? table(shelf.title, isSupport() ? shelf.columns : [...shelf.columns, change], items)
      : empty(`There is no ${shelf.one} yet.`, shelf.words, " ", codes.length >= lacks ? "" : h("a",
          {href: "#/catalogue/assets"}, `It needs ${lacks === 1 ? "an asset" : "two assets"} first.`))),
    items.length ? h("p", {class: "faint"}, shelf.words) : "",
  ];
}

const subject = (row) => row.name ?? `${row.from_asset} to ${row.to_asset}`;

/** Creates one, or changes `row`. Of a change, only the fields that differ are sent. */
function edit(name, shelf, row, codes, schemas, refresh) {
  const schema = schemas[row ? shelf.change : shelf.create];
  const properties = Object.entries(schema.properties);
  const isRate = shelf.method === "PUT";
  const fields = properties.map(([key, property]) =>
    field(format.label(key), input(key, property, row?.[key], codes, schema.required.includes(key), !row),
      property.description));
  if (isRate && !row) {
    fields.unshift(
      field("From asset", select("from_asset", codes)), field("To asset", select("to_asset", codes, codes[1])));
  }
  propose({
    title: row ? `Change ${subject(row)}` : `Create ${shelf.one}`,
    fields,
    done: refresh,
    plan(values) {
      const body = {};
      for (const [key, property] of properties) {
        const value = given(values[key], property);
        if (value === undefined && row && row[key] != null) {
          throw new Error(`${format.label(key)}: ${property.description ?? "It can't be empty."}`);
        }
        if (value !== undefined && (isRate || value !== (row?.[key] ?? null))) body[key] = value;
      }
      if (row && !isRate && !Object.keys(body).length) throw new Error("Nothing differs yet.");
      for (const key of schema.required) {
        if (body[key] === undefined) throw new Error(`${format.label(key)} is missing.`);
      }
      const at = isRate ? {...values, ...row} : row;
      return {
        effect: [h("ul", {}, Object.entries(body).map(([key, value]) => h("li", {},
          `${format.label(key)}: `,
          row && !Object.is(row[key], value) ? `${shown(row[key])} → ` : "",
          h("strong", {}, shown(value)))))],
        button: row ? "Change it" : `Create ${shelf.one}`,
        request: row || isRate
          ? [shelf.method ?? "PATCH", shelf.at(at), body]
          : ["POST", `/v1/admin/${name}`, body],
        said: (answer) => `${subject(answer)} is ${row ? "changed" : "created"}.`,
      };
    },
  });
}

const isAmount = (property) => property.anyOf?.some((choice) => choice.pattern);
const isOf = (property, type) => [property.type].flat().includes(type);

function input(name, property, value, codes, required, isNew) {
  if (name === "asset") return select(name, codes, value);
  if (isOf(property, "boolean")) {
    return text(name, {type: "checkbox", checked: value ?? property.default ?? false});
  }
  value ??= property.default ?? "";
  const placeholder = isNew ? property.examples && `such as ${property.examples[0]}` : "none";
  if (isAmount(property)) return amount(name, {value: format.written(value), required, placeholder});
  if (isOf(property, "integer")) return text(name, {value, required, inputmode: "numeric", placeholder});
  return text(name, {value, required, placeholder});
}

/** What was written, as the API takes it; undefined if nothing was. */
function given(value, property) {
  if (isOf(property, "boolean")) return value === "on";
  if (!value?.trim()) return undefined;
  if (isAmount(property)) return format.read(value);
  if (!isOf(property, "integer")) return value;
  if (!/^-?[0-9]+$/.test(value.trim())) throw new Error(`${value} is not a whole number.`);
  return Number(value);
}

function shown(value) {
  if (value === null || value === undefined) return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  return /^-?[0-9.]+$/.test(value) ? format.number(value) : value;
}
