// A change, before it is made: why, what it will do, and the one request that does it.

import {call, newKey} from "./api.js";
import {h, problem, say} from "./dom.js";
import * as format from "./format.js";

let fields = 0;

/** A field with its label. `input` is an input, a select or a textarea that has a name. */
export function field(label, input, hint) {
  const id = `field-${++fields}`;
  input.id = id;
  if (hint) input.setAttribute("aria-describedby", `${id}-hint`);
  const hinted = hint && h("span", {class: "hint", id: `${id}-hint`}, hint);
  return input.type === "checkbox"
    ? h("div", {class: "field check"}, input, h("label", {for: id}, label), hinted)
    : h("div", {class: "field"}, h("label", {for: id}, label), input, hinted);
}

export const text = (name, attributes) =>
  h("input", {name, type: "text", autocomplete: "off", ...attributes});

export const amount = (name, attributes) => text(name, {inputmode: "decimal", ...attributes});

export function select(name, options, chosen) {
  const made = h("select", {name}, options.map((option) => {
    const [value, shown] = Array.isArray(option) ? option : [option, option];
    return h("option", {value}, shown);
  }));
  if (chosen !== undefined) made.value = chosen;
  return made;
}

export const reason = () =>
  field("Reason", text("reason", {required: true, maxlength: 255}), "It is kept for ever.");

/** A balance before and after. */
export const after = (asset, before, change) => {
  const now = format.add(before, change);
  return h("p", {class: format.isNegative(now) && "short"},
    `Balance: ${format.amount(before, asset)} → `, h("strong", {}, format.amount(now, asset)));
};

/**
 * Opens a dialog. plan(values) is {effect, button, request: [method, path, body], said}: what would
 * happen, and the request that does it. It throws an Error while the fields don't say enough. The
 * dialog has one idempotency key, however often its request is sent.
 */
export function propose({title, fields, plan, done, look = ""}) {
  const key = newKey();
  const effect = h("div", {class: "effect", "aria-live": "polite"});
  const refused = h("div");
  const submit = h("button", {class: `primary ${look}`});
  const form = h("form", {class: "proposal", oninput: update, onsubmit: send},
    h("h2", {id: "proposal"}, title), fields, effect, refused,
    h("footer", {},
      h("button", {type: "button", onclick: () => dialog.close()}, "Cancel"), submit));
  const dialog = h("dialog", {"aria-labelledby": "proposal", onclose: () => dialog.remove()}, form);
  let planned = null;
  let isUnderWay = false;

  function update() {
    planned = null;
    try {
      planned = plan(Object.fromEntries(new FormData(form)));
      effect.replaceChildren(h("p", {class: "strong"}, "What will happen"), ...planned.effect);
    } catch (error) {
      effect.replaceChildren(h("p", {}, error.message));
    }
    submit.textContent = planned?.button ?? title;
    submit.disabled = !planned;
  }

  async function send(event) {
    event.preventDefault();
    if (isUnderWay || !planned) return;
    const {request: [method, url, body], said} = planned;
    isUnderWay = submit.disabled = true;
    refused.replaceChildren();
    try {
      const answer = await call(method, url, body, {key});
      dialog.close();
      say(said(answer));
      done(answer);
    } catch (error) {
      refused.replaceChildren(problem(error));
      refused.scrollIntoView({block: "nearest"});
    }
    isUnderWay = submit.disabled = false;
  }

  update();
  document.body.append(dialog);
  dialog.showModal();
}
