// Amounts, times and names as people read them. An amount is a decimal string and stays one: no
// float comes near it.

const decimals = (text) => (text.split(".")[1] ?? "").length;

const units = (text, scale) =>
  BigInt(text.replace(".", "") + "0".repeat(scale - decimals(text)));

export const add = (a, b) => sum(a, b, 1n);
export const subtract = (a, b) => sum(a, b, -1n);

function sum(a, b, sign) {
  const scale = Math.max(decimals(a), decimals(b));
  const rest = units(a, scale) + sign * units(b, scale);
  const digits = `${rest < 0n ? -rest : rest}`.padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  return (rest < 0n ? "-" : "") + whole + (scale ? `.${digits.slice(-scale)}` : "");
}

export const isZero = (text) => !/[1-9]/.test(text);

/** Thousandths that `part` is of `whole`. */
export function thousandths(part, whole) {
  const scale = Math.max(decimals(part), decimals(whole));
  return isZero(whole) ? 0 : Number((1000n * units(part, scale)) / units(whole, scale));
}

/** In the viewer's locale, with as many decimals as it has. Intl reads a string exactly. */
export function number(text, options) {
  const digits = decimals(`${text}`);
  return new Intl.NumberFormat(undefined, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    ...options,
  }).format(text);
}

export const percent = (share) => number(share, {
  style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1});

export const amount = (text, asset) => `${number(text)}\u00a0${asset}`;

const POINT = new Intl.NumberFormat().formatToParts(1.5).find(({type}) => type === "decimal").value;

/** As the viewer writes it into a field: his decimal point, and no other separator. */
export const written = (text) => text.replace(".", POINT);

/** The decimal string of what was written. Throws an Error that says how to write it. */
export function read(text) {
  const [whole, part = "0", ...more] = text.trim().split(POINT);
  if (![whole, part].every((digits) => /^[0-9]+$/.test(digits)) || more.length) {
    throw new Error(`Write the amount as ${written("1234.5")}: no thousands separators.`);
  }
  return text.trim().replace(POINT, ".");
}

const TIME = new Intl.DateTimeFormat(undefined, {dateStyle: "medium", timeStyle: "medium"});
const CLOCK = new Intl.DateTimeFormat(undefined, {timeStyle: "short"});
const DAY = new Intl.DateTimeFormat(undefined, {dateStyle: "full"});

export const time = (text) => TIME.format(new Date(text));
export const clock = (text) => CLOCK.format(new Date(text));
export const day = (text) => DAY.format(new Date(text));
export const utc = (text) => text.replace("T", " ").replace("Z", " UTC");

/** A moment as an input takes it: in the viewer's zone, without saying so. */
export function local(text) {
  const moment = new Date(text);
  return new Date(moment - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

/** A field's name as a label: max_per_user is Max per user. */
export function label(name) {
  const words = name.replaceAll("_", " ").replace(/^is /, "");
  return words[0].toUpperCase() + words.slice(1);
}
