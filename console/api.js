// Asks the gateway, and nobody else. The token lives as long as the tab.

const TOKEN = "pgwallet.token";

/** What was refused, in the API's words: title, detail, hint, code, request_id. */
export class Problem extends Error {
  constructor(words) {
    super(words.title);
    Object.assign(this, words);
  }
}

export const token = () => sessionStorage.getItem(TOKEN);

export function signIn(text) {
  sessionStorage.setItem(TOKEN, text);
}

/** Forgets the token. `why` is the problem that ended the session, if there was one. */
export function signOut(why) {
  sessionStorage.removeItem(TOKEN);
  dispatchEvent(new CustomEvent("signed-out", {detail: why}));
}

/** The claims of the token, to show who asks. Only the gateway can tell whether they are true. */
export function claims() {
  try {
    const text = atob(token().split(".")[1].replaceAll("-", "+").replaceAll("_", "/"));
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(text, (c) => c.charCodeAt(0))));
  } catch {
    return {};
  }
}

/** Whether it is an agent, who reads all and moves little. Nobody shows him what he may not do. */
export const isSupport = () => claims().role === "support";

/** An idempotency key. What is sent again with the same key is not done twice. */
export const newKey = () =>
  Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(16)).join("-");

/** A path with its values, such as path`/v1/wallets/${id}`. */
export const path = (texts, ...values) => String.raw({raw: texts}, ...values.map(encodeURIComponent));

/** A query of those values that are given. */
export function query(values) {
  const given = Object.entries(values).filter(([, value]) => value);
  return given.length ? `?${new URLSearchParams(given)}` : "";
}

/** The answer of a route. Throws a Problem if there is none or if it says no. */
export async function call(method, url, body, {key, as = token()} = {}) {
  const headers = {};
  if (as) headers.Authorization = `Bearer ${as}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (key) headers["Idempotency-Key"] = key;
  let answer, found;
  try {
    answer = await fetch(url, {method, headers, body: JSON.stringify(body)});
    found = await answer.json();
  } catch {
    throw new Problem({
      title: answer ? `an answer that is not JSON (${answer.status})` : "no answer",
      detail: "The gateway can't be reached, or something between has answered.",
      hint: "Send it again. What was done already is not done twice.",
    });
  }
  if (answer.ok) return found;
  const problem = new Problem(found);
  if (answer.status === 401 && as && as === token()) signOut(problem);
  throw problem;
}

export const get = (url) => call("GET", url);
