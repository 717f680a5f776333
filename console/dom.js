// What pages are made of. Texts become text nodes, so nothing that the API answers is read as HTML.

import * as format from "./format.js";

/** An element. An attribute on… is a listener; true is an attribute without a value. */
export const h = (tag, attributes, ...children) =>
  filled(document.createElement(tag), attributes, children);

/** An element of a picture. */
export const svg = (tag, attributes, ...children) =>
  filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value != null) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child != null && child !== false));
  return element;
}

export const time = (text, write = format.time) =>
  h("time", {datetime: text, title: format.utc(text)}, write(text));

export const badge = (text, look = "") => h("span", {class: `badge ${look}`}, text);

export const button = (text, onclick, look = "") =>
  h("button", {type: "button", class: look, onclick}, text);

/** A part of a page, with its title and what can be done there. */
export const section = (title, actions, ...children) =>
  h("section", {class: "card", "aria-label": title},
    h("header", {}, h("h2", {}, title), h("div", {class: "actions"}, actions)), children);

/** What stands where nothing is yet: what would be here, and how it comes. */
export const empty = (title, ...words) =>
  h("div", {class: "empty"}, h("p", {class: "strong"}, title), h("p", {}, words));

/** Pairs of a name and a value. A pair without a value is left out. */
export const facts = (pairs) =>
  h("dl", {class: "facts"}, pairs.filter(([, value]) => value != null && value !== "").map(([name, value]) =>
    h("div", {}, h("dt", {}, name), h("dd", {}, value))));

/** A table. A column is {title, cell, is_number}. It scrolls by itself where it is too wide. */
export const table = (title, columns, rows) =>
  h("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": title},
    h("table", {},
      h("thead", {}, h("tr", {}, columns.map((column) =>
        h("th", {scope: "col", class: column.is_number && "number"}, column.title)))),
      h("tbody", {}, rows.map((row) => h("tr", {}, columns.map((column) =>
        h("td", {class: column.is_number && "number"}, column.cell(row))))))));

const USER = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A text. A user id is a link to the user's page. */
export const who = (text) => USER.test(text) ? h("a", {href: `#/users/${text}`}, text) : text;

export const json = (value) => h("pre", {tabindex: "0"}, JSON.stringify(value, null, 2));

/** A refusal in the API's words. */
export const problem = (error) =>
  h("div", {class: "problem", role: "alert"},
    h("p", {class: "strong"}, error.message),
    error.detail && h("p", {}, error.detail),
    error.hint && h("p", {}, error.hint),
    error.code && h("p", {class: "faint"}, `${error.code} · request ${error.request_id}`));

/** A text that can be copied with one click. */
export function copyable(text) {
  const copy = button("Copy", async () => {
    await navigator.clipboard.writeText(text);
    say("Copied.");
  }, "small");
  copy.setAttribute("aria-label", `Copy ${text}`);
  return h("span", {class: "copyable"}, h("code", {}, text), copy);
}

/** Saves a text as a file. */
export function download(name, text) {
  const url = URL.createObjectURL(new Blob([text]));
  h("a", {href: url, download: name}).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Tells what was done, also to who does not see it. */
export function say(text) {
  const line = document.getElementById("said");
  line.textContent = text;
  line.classList.add("fresh");
  clearTimeout(say.timer);
  say.timer = setTimeout(() => line.classList.remove("fresh"), 8000);
}

/** Rows that come page by page. load(cursor) gives {items, next_cursor}. */
export function pages(list, load, show, nothing) {
  const more = button("Show older", next, "wide");
  const box = h("div", {class: "pages"}, list, more);
  let cursor = null;
  async function next() {
    more.disabled = true;
    box.querySelector(".problem")?.remove();
    try {
      const page = await load(cursor);
      page.items.forEach(show);
      if (!cursor && !page.items.length) list.replaceWith(nothing);
      cursor = page.next_cursor;
      more.hidden = !cursor;
    } catch (error) {
      box.append(problem(error));
    }
    more.disabled = false;
  }
  next();
  return box;
}
