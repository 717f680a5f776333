// Assets, rates, tasks, items, limits, campaigns: listed, created, changed. The API's own description
// says which fields there are and what they mean.

import {get, isSupport, path} from "./api.js";
import {amount, field, openChange, reason, select, text} from "./change.js";
import {badge, button, empty, h, section, table, time} from "./dom.js";
import * as format from "./format.js";

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

/** When a limit counts anew. */
function span(row) {
  if (row.measure === "balance") return "at any time";
  if (row.period) return `each ${row.period}, ${row.time_zone}`;
  return `in ${format.number(row.rolling)} s`;
}

// What can be created is described by the schema `create`. A change is [what its button says, schema,
// method, path].
const SHELVES = {
  "assets": {
    title: "Assets", one: "asset", create: "NewAsset",
    changes: [
      ["Change", "AssetChange", "PATCH", (row) => path`/v1/admin/assets/${row.asset}`],
      ["Change cap of", "SupplyChange", "PUT", (row) => path`/v1/admin/assets/${row.asset}/supply`],
    ],
    columns: [
      ...named, {title: "Decimals", is_number: true, cell: (row) => format.number(row.scale)},
      units("supply"), units("sign_up_bonus"),
      {title: "State", cell: (row) => status(!row.is_archived, "active", "archived")}, created,
    ],
    words: "An asset is a currency of your game: gold, diamonds, points.",
  },
  "conversion-rates": {
    title: "Rates", one: "rate", create: "NewRate",
    changes: [["Change", "NewRate", "PUT",
      (row) => path`/v1/admin/conversion-rates/${row.from_asset}/${row.to_asset}`]],
    columns: [
      {title: "From", cell: (row) => format.amount(row.from_amount, row.from_asset)},
      {title: "To", cell: (row) => format.amount(row.to_amount, row.to_asset)},
      {title: "Since", cell: (row) => time(row.created_at)},
    ],
    words: "A rate lets users convert one asset into another. The wallet refuses rates with which "
      + "a round trip would gain.",
  },
  "tasks": {
    title: "Tasks", one: "task", create: "NewTask",
    changes: [["Change", "TaskChange", "PATCH", (row) => path`/v1/admin/tasks/${row.task_id}`]],
    columns: [
      ...named, units("reward"), count("max_completions"),
      {title: "Cooldown", is_number: true,
        cell: (row) => row.cooldown === null ? "–" : `${format.number(row.cooldown)} s`},
      {title: "Reported by", cell: (row) => row.is_self_service ? "users" : "your backend"}, active,
    ],
    words: "A task pays a reward when a user completes it, such as the day's first log-in.",
  },
  "items": {
    title: "Items", one: "item", create: "NewItem",
    changes: [["Change", "ItemChange", "PATCH", (row) => path`/v1/admin/items/${row.item_id}`]],
    columns: [...named, units("price"), count("stock"), count("max_per_user"), active],
    words: "An item is what users buy: a sword, a skin, a place in a tournament.",
  },
  "limits": {
    title: "Limits", one: "limit", create: "NewLimit",
    changes: [["Change", "LimitChange", "PATCH", (row) => path`/v1/admin/limits/${row.limit_id}`]],
    columns: [
      {title: "Code", cell: (row) => h("code", {}, row.code)},
      {title: "Of", cell: (row) => `${row.asset}, ${row.measure}`},
      {title: "What counts", cell: (row) => row.measure === "balance" ? "what a user holds"
        : [row.origin, row.kinds?.join(", ") ?? `every ${row.direction}`].filter(Boolean).join(" ")},
      {title: "Maximum", is_number: true, cell: (row) => row.measure === "count"
        ? format.number(row.maximum) : format.amount(row.maximum, row.asset)},
      {title: "Time", cell: span}, active,
    ],
    words: "A limit says how much or how often each user may credit or debit an asset in a time, or "
      + "how much of it a user may hold.",
  },
  "campaigns": {
    title: "Campaigns", one: "campaign", create: "NewCampaign",
    changes: [["Change budget of", "BudgetChange", "PUT",
      (row) => path`/v1/admin/campaigns/${row.campaign}/budget`]],
    columns: [
      {title: "Campaign", cell: (row) => h("a",
        {href: `#/catalogue/campaigns/${encodeURIComponent(row.campaign)}`}, row.campaign)},
      units("budget"), units("granted"), units("remaining"), count("users"), created,
    ],
    words: "A campaign gives many users something once each, and in all never more than its budget. "
      + "Open one to upload a file of who gets what.",
  },
};
const TRIED = ["NewRate", "BudgetChange"]; // the wallet says before it is done what it would answer
// By schema: the function that can be proposed, and which row it is about.
const CALLS = {
  NewRate: ({from_asset, to_asset}) => ["set_conversion_rate", {from_asset, to_asset}],
  NewTask: () => ["create_task", {}],
  TaskChange: ({task_id}) => ["update_task", {task_id}],
  SupplyChange: ({asset}) => ["change_supply", {asset}],
  NewCampaign: () => ["create_campaign", {}],
  BudgetChange: ({campaign}) => ["change_budget", {campaign}],
};

export async function catalogue(name, refresh) {
  const shelf = SHELVES[name];
  const [{items}, assets, document] = await Promise.all(
    [get(`/v1/${name}`), get("/v1/assets"), get("/openapi.json")]);
  const codes = assets.items.filter((asset) => !asset.is_archived).map(({asset}) => asset);
  const {schemas} = document.components;
  const lacks = {"assets": 0, "conversion-rates": 2}[name] ?? 1;
  const create = codes.length < lacks || isSupport() ? null : button(`Create ${shelf.one}`,
    () => edit(name, null, [null, shelf.create], codes, schemas, refresh), "primary");
  const change = {title: "", cell: (row) => shelf.changes.map((kind) =>
    changer(name, row, kind, codes, schemas, refresh))};
  return [
    h("h1", {}, shelf.title),
    section(shelf.title, create, items.length
      ? table(shelf.title, isSupport() ? shelf.columns : [...shelf.columns, change], items)
      : empty(`There is no ${shelf.one} yet.`, shelf.words, " ", codes.length >= lacks ? "" : h("a",
          {href: "#/catalogue/assets"}, `It needs ${lacks === 1 ? "an asset" : "two assets"} first.`))),
    items.length ? h("p", {class: "faint"}, shelf.words) : "",
  ];
}

/** The button that changes a row. */
function changer(name, row, kind, codes, schemas, refresh) {
  const made = button(kind[0].replace(/ of$/, ""),
    () => edit(name, row, kind, codes, schemas, refresh), "small");
  made.setAttribute("aria-label", `${kind[0]} ${subject(row)}`);
  return made;
}

/** The button that changes a campaign's budget, on its own page. */
export const budgetChanger = (row, schemas, refresh) =>
  changer("campaigns", row, SHELVES.campaigns.changes[0], [], schemas, refresh);

const subject = (row) => row.name ?? row.campaign ?? row.code ?? `${row.from_asset} to ${row.to_asset}`;

/** Creates one, or changes `row`. Of a change, only the fields that differ are sent. */
function edit(name, row, [label, kind, method, at], codes, schemas, refresh) {
  const {one} = SHELVES[name];
  const schema = schemas[kind];
  const isRate = kind === "NewRate"; // it is created as it is changed
  const properties = Object.entries(schema.properties).filter(([key]) => key !== "reason");
  const fields = properties.map(([key, property]) => {
    const made = input(key, property, row?.[key], codes, schema.required.includes(key), !row, schemas);
    return field(format.label(key), made, property.description);
  });
  if (isRate && !row) {
    fields.unshift(
      field("From asset", select("from_asset", codes)), field("To asset", select("to_asset", codes, codes[1])));
  }
  openChange({
    title: row ? `${label} ${subject(row)}` : `Create ${one}`,
    fields: [...fields, reason()],
    done: refresh,
    plan(values) {
      const body = {};
      for (const [key, property] of properties) {
        let value = given(values[key], property);
        if (value === undefined && row && row[key] != null) {
          if (!schema.required.includes(key) || !mayBeNull(property)) {
            throw new Error(`${format.label(key)}: ${property.description ?? "It can't be empty."}`);
          }
          value = null;
        }
        if (value !== undefined && (isRate || !isSame(value, row?.[key]))) body[key] = value;
      }
      if (row && !Object.keys(body).length) throw new Error("Nothing differs yet.");
      for (const key of schema.required) {
        if (body[key] === undefined) throw new Error(`${format.label(key)} is missing.`);
      }
      const asked = row ?? values;
      const effect = [h("ul", {}, Object.entries(body).map(([key, value]) => h("li", {},
        `${format.label(key)}: `,
        row && !Object.is(row[key], value) ? `${shown(row[key])} → ` : "",
        h("strong", {}, shown(value)))))];
      body.reason = values.reason;
      const [called, which] = CALLS[kind]?.(asked) ?? [];
      return {
        ...(TRIED.includes(kind) ? {foretell: () => effect} : {effect}),
        button: row ? "Change it" : `Create ${one}`,
        request: row || isRate
          ? [method ?? "PUT", (at ?? SHELVES[name].changes[0][3])(asked), body]
          : ["POST", `/v1/admin/${name}`, body],
        call: called && [called, {...which, ...body}],
        said: (answer) => `${subject(answer)} is ${row ? "changed" : "created"}.`,
      };
    },
  });
}

const isSame = (value, now) => JSON.stringify(value) === JSON.stringify(now ?? null);
const isAmount = (property) => property.anyOf?.some((choice) => choice.pattern);
const isOf = (property, type) => [property.type].flat().includes(type);
const mayBeNull = (property) =>
  isOf(property, "null") || property.anyOf?.some((choice) => choice.type === "null");

/** What can be chosen, if the schema has a list of it. */
function choices(property, schemas) {
  const reference = property.$ref ?? property.anyOf?.find((choice) => choice.$ref)?.$ref;
  return schemas[reference?.split("/").at(-1)]?.enum;
}

function input(name, property, value, codes, required, isNew, schemas) {
  if (name === "asset") return select(name, codes, value);
  const listed = choices(property, schemas);
  if (listed) return select(name, required ? listed : [["", "none"], ...listed], value ?? undefined);
  if (isOf(property, "boolean")) {
    return text(name, {type: "checkbox", checked: value ?? property.default ?? false});
  }
  value ??= property.default ?? "";
  const placeholder = isNew ? property.examples && `such as ${property.examples[0]}` : "none";
  required &&= !mayBeNull(property);
  if (isAmount(property)) return amount(name, {value: format.written(value), required, placeholder});
  if (isOf(property, "integer")) return text(name, {value, required, inputmode: "numeric", placeholder});
  return text(name, {value, required, placeholder});
}

/** What was written, as the API takes it; undefined if nothing was. */
function given(value, property) {
  if (isOf(property, "boolean")) return value === "on";
  if (!value?.trim()) return undefined;
  if (isAmount(property)) return format.read(value);
  if (isOf(property, "array")) return value.split(/[\s,]+/).filter(Boolean);
  if (!isOf(property, "integer")) return value;
  if (!/^-?[0-9]+$/.test(value.trim())) throw new Error(`${value} is not a whole number.`);
  return Number(value);
}

function shown(value) {
  if (value === null || value === undefined) return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.join(", ");
  return /^-?[0-9.]+$/.test(value) ? format.number(value) : value;
}
