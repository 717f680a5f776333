// A change, before it is made: why, what it will do, and the one request that does it.

import {call, isSupport, newKey} from "./api.js";
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
export const balance = (asset, before, after) => h("p", {},
  `Balance: ${format.amount(before, asset)} → `, h("strong", {}, format.amount(after, asset)));

/**
 * Opens a dialog. plan(values) is {button, request: [method, path, body], said}: the request, and
 * what its answer means. It throws an Error while the fields don't say enough. What would happen is
 * `effect`, or foretell(answer) of a dry run. The dialog has one idempotency key, however often its
 * request is sent. With `call`, [function, arguments], it becomes a proposal of that call if it is
 * more than one operator may do.
 */
export function openChange({title, fields, plan, done, look = ""}) {
  const key = newKey();
  const effect = h("div", {class: "effect", "aria-live": "polite"});
  const refused = h("div");
  const submit = h("button", {class: `primary ${look}`});
  const form = h("form", {class: "change", oninput: update, onsubmit: send},
    h("h2", {id: "change"}, title), fields, effect, refused,
    h("footer", {},
      h("button", {type: "button", onclick: () => dialog.close()}, "Cancel"), submit));
  const dialog = h("dialog", {"aria-labelledby": "change", onclose: () => dialog.remove()}, form);
  let planned = null;
  let isUnderWay = false;
  let waits = null; // the request that a second operator has to approve, and the refusal
  let timer;

  function update() {
    planned = null;
    clearTimeout(timer);
    refused.replaceChildren();
    try {
      const values = Object.fromEntries(new FormData(form));
      planned = plan(values);
      if (waits?.request === JSON.stringify(planned.request)) {
        planned = proposalOf(planned, waits.refusal, values.reason);
      }
      if (planned.effect) show(planned.effect);
      else if (!form.checkValidity()) throw new Error("Give a reason to see what will happen.");
      else timer = setTimeout(tryDry, 250, planned);
    } catch (error) {
      effect.replaceChildren(h("p", {}, error.message));
    }
    submit.textContent = planned?.button ?? title;
    submit.disabled = !planned?.effect;
  }

  /** Whether what was refused can be proposed. Then the dialog does that. */
  function isProposed(asked, refusal) {
    const isMore = refusal.code === "WA415" || (refusal.code === "GW403" && isSupport());
    if (!isMore || !asked.call) return false;
    waits = {request: JSON.stringify(asked.request), refusal};
    if (!form.elements.reason) effect.before(reason());
    update();
    return true;
  }

  function show(lines) {
    effect.replaceChildren(h("p", {class: "strong"}, "What will happen"), ...lines.filter(Boolean));
  }

  async function tryDry(asked) {
    const {request: [method, url, body], foretell} = asked;
    try {
      const answer = await call(method, `${url}?dry_run=true`, body, {key});
      if (asked === planned) show(foretell(answer));
    } catch (error) {
      if (asked === planned && isProposed(asked, error)) return;
      if (asked === planned) {
        effect.replaceChildren(h("p", {}, "It would be refused."));
        refused.replaceChildren(problem(error));
      }
    }
    if (asked === planned) submit.disabled = isUnderWay;
  }

  async function send(event) {
    event.preventDefault();
    if (isUnderWay || !planned) return;
    const asked = planned;
    const {request: [method, url, body], said} = asked;
    isUnderWay = submit.disabled = true;
    refused.replaceChildren();
    try {
      const answer = await call(method, url, body, {key});
      dialog.close();
      say(said(answer));
      done(answer);
    } catch (error) {
      isUnderWay = submit.disabled = false;
      if (isProposed(asked, error)) return;
      refused.replaceChildren(problem(error));
      refused.scrollIntoView({block: "nearest"});
    }
  }

  update();
  document.body.append(dialog);
  dialog.showModal();
}

/** The proposal of a change. It foretells what the change would do. */
const proposalOf = ({call: [name, given], effect, foretell}, refusal, reason) => ({
  button: "Propose it",
  request: ["POST", "/v1/admin/proposals", {function: name, arguments: given, reason}],
  foretell: (proposal) => [
    h("p", {}, "Nothing yet: a second operator has to approve it. ", refusal.detail),
    h("p", {}, "When it is approved, on the page Record within 7 days:"),
    ...(effect ?? foretell(proposal.forecast)),
  ],
  said: () => "It is proposed. Another operator can approve it on the page Record.",
});
