// The frame: who is logged in, the way to each page, and the page.

import {call, claims, signIn, signOut, token} from "./api.js";
import {campaign} from "./campaigns.js";
import {catalogue} from "./catalogue.js";
import {field, text} from "./change.js";
import {button, h, problem} from "./dom.js";
import {overview} from "./overview.js";
import {proof} from "./proof.js";
import {record} from "./record.js";
import {search, transaction, user} from "./users.js";

// The part of the address behind # says which page. A page is a function that gives its elements.
const PAGES = [
  [/^#\/overview$/, overview],
  [/^#\/users$/, search],
  [/^#\/users\/([^/]+)$/, user],
  [/^#\/users\/([^/]+)\/transactions\/([^/]+)$/, transaction],
  [/^#\/catalogue\/(assets|conversion-rates|tasks|items|limits|campaigns)$/, catalogue],
  [/^#\/catalogue\/campaigns\/([^/]+)$/, campaign],
  [/^#\/proof$/, proof],
  [/^#\/record(?:\?.*)?$/, record],
];

const WAYS = [
  ["#/overview", "Overview"],
  ["#/users", "Users"],
  ["#/catalogue/assets", "Assets"],
  ["#/catalogue/conversion-rates", "Rates"],
  ["#/catalogue/tasks", "Tasks"],
  ["#/catalogue/items", "Items"],
  ["#/catalogue/limits", "Limits"],
  ["#/catalogue/campaigns", "Campaigns"],
  ["#/proof", "Proof"],
  ["#/record", "Record"],
];

const main = h("main", {id: "main", tabindex: "-1"});
const said = h("div", {id: "said", role: "status"});
let shown = 0;

/** Shows the page of the address. A page that comes late, when another was asked for, is not shown. */
async function show() {
  if (!token()) return showLogIn();
  const turn = ++shown;
  const found = PAGES.find(([pattern]) => pattern.test(location.hash));
  if (!found) return location.replace("#/overview");
  const [pattern, page] = found;
  const values = location.hash.match(pattern).slice(1).map(decodeURIComponent);
  if (!main.isConnected) document.body.replaceChildren(...frame());
  for (const way of document.querySelectorAll("nav a")) {
    const isHere = location.hash.startsWith(way.getAttribute("href"));
    if (isHere) way.setAttribute("aria-current", "page");
    else way.removeAttribute("aria-current");
  }
  main.setAttribute("aria-busy", "true");
  let elements;
  try {
    elements = await page(...values, show);
  } catch (error) {
    elements = [h("h1", {}, "This did not work"), problem(error)];
  }
  if (turn !== shown || !token()) return undefined;
  const top = main.dataset.page === location.hash ? scrollY : 0;
  main.dataset.page = location.hash;
  main.replaceChildren(...elements);
  main.setAttribute("aria-busy", "false");
  document.title = `${main.querySelector("h1").textContent} · pgwallet`;
  scrollTo(0, top);
  if (!top && !document.querySelector("[role=search]:focus-within")) main.focus({preventScroll: true});
  return undefined;
}

function frame() {
  const {sub, role} = claims();
  const find = h("form", {role: "search", onsubmit: (event) => {
    event.preventDefault();
    location.hash = `#/users/${encodeURIComponent(find.elements.query.value.trim())}`;
    find.reset();
    main.focus();
  }}, h("input", {
    name: "query", type: "search", required: true, placeholder: "Find a user", autocomplete: "off",
    "aria-label": "Find a user by name, e-mail, external id or user id", "aria-keyshortcuts": "/",
  }), h("kbd", {"aria-hidden": "true"}, "/"));
  const skip = h("a", {class: "skip", href: "#main", onclick: (event) => {
    event.preventDefault();
    main.focus();
  }}, "Skip to the page");
  return [
    skip,
    h("header", {class: "side"},
      h("a", {class: "brand", href: "#/overview"},
        h("img", {src: "/console/icon.svg", alt: "", width: "28", height: "28"}), "pgwallet"),
      find,
      h("nav", {"aria-label": "Pages"}, WAYS.map(([href, name]) => h("a", {href}, name))),
      h("div", {class: "who"},
        h("p", {class: "faint"}, `${role ?? "a token"} · ${sub ?? "unknown"}`),
        button("Log out", () => signOut()))),
    main,
    said,
  ];
}

function showLogIn(why) {
  shown++;
  const refused = h("div", {}, why && problem(why));
  const byPassword = h("form", {onsubmit: (event) => {
    const {email, password} = event.target.elements;
    logIn(event, async () => (
      await call("POST", "/v1/auth/login", {email: email.value, password: password.value})).token);
  }},
    field("E-mail", text("email", {type: "email", required: true, autocomplete: "username"})),
    field("Password", text("password", {
      type: "password", required: true, autocomplete: "current-password"})),
    h("button", {class: "primary wide"}, "Log in"));
  const byToken = h("form", {onsubmit: (event) =>
    logIn(event, () => event.target.elements.token.value.trim())},
    field("Token", h("textarea", {
      name: "token", rows: "3", required: true, spellcheck: "false", autocomplete: "off"}),
      "From your identity provider, or from: pgwallet token --role admin"),
    h("button", {class: "wide"}, "Use this token"));

  async function logIn(event, ask) {
    event.preventDefault();
    const submit = event.submitter;
    submit.disabled = true;
    refused.replaceChildren();
    try {
      const as = await ask();
      await call("GET", "/v1/admin/treasury", undefined, {as}); // may it see the console?
      signIn(as);
      await show();
    } catch (error) {
      refused.replaceChildren(problem(error));
    }
    submit.disabled = false;
  }

  document.title = "Log in · pgwallet";
  document.body.replaceChildren(
    h("main", {class: "log-in"},
      h("img", {src: "/console/icon.svg", alt: "", width: "48", height: "48"}),
      h("h1", {}, "pgwallet console"),
      h("p", {class: "faint"}, "For admins and support. The token is forgotten when this tab is closed."),
      refused,
      h("div", {class: "card"}, byPassword,
        h("details", {}, h("summary", {}, "Paste a token instead"), byToken))),
    said);
}

const closeDialogs = () => document.querySelectorAll("dialog").forEach((dialog) => dialog.close());

addEventListener("hashchange", () => {
  closeDialogs();
  show();
});
addEventListener("signed-out", ({detail}) => {
  closeDialogs();
  showLogIn(detail);
});
addEventListener("beforeunload", (event) => {
  if (document.querySelector("[data-busy]")) event.preventDefault(); // the browser asks
});
addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target.closest("input, textarea, select, dialog")) return;
  event.preventDefault();
  document.querySelector("[name=query]")?.focus();
});
show();
