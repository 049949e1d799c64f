// An error with its place, and the mend as a button: only one that the server has read without a fault.

import { ask } from "./api.js";
import { $, el } from "./dom.js";

const WIDTH = 76;

/** What the hint suggests, as changed fields: a place is rewritten only where all that stood there is kept. */
export function mends(error, fields) {
  const out = [];
  const declare = /^Declare (.+?)\.?$/.exec(error.hint);
  for (const one of declare ? declare[1].split(/,? or /) : []) {
    out.push({ say: one, where: [fields.where, one].filter(Boolean).join(", ") });
  }
  const spelled = /^(Did you mean|Write) (.+?)\s*[?.]$/.exec(error.hint);
  const field = ["formula", "where"].find((name) => fields[name] && fields[name] === error.source);
  for (const one of spelled && field && error.span ? spelled[2].split(/, | or /) : []) {
    const word = one.replace(/ (?:for|instead).*$/, "").trim().replace(/\(…\)$/, "");
    const text = replaced(error, word, spelled[1] === "Did you mean");
    if (text !== null) out.push({ say: word, [field]: text });
  }
  return out.slice(0, 4);
}

const WORD = /^\\?[\p{L}][\p{L}\p{N}_]*$/u;

/** The text with this in the place of the error; null where something would be lost. Places count characters. */
function replaced({ source, span: [start, end] }, word, renames) {
  const letters = Array.from(source);
  const there = letters.slice(start, end).join("");
  const gap = (text) => (/\\[A-Za-z]+$/.test(text) && /[A-Za-z]/.test(letters[end] ?? "") ? " " : "");
  const put = (from, text) => [...letters.slice(0, from), text, gap(text), ...letters.slice(end)].join("");
  if (WORD.test(word)) return renames && WORD.test(there) ? put(start, word) : null;
  if (/[^\p{L}\p{N}\s.]/u.test(word) && variables(word) === variables(there)) return put(start, word);
  const stem = word.replace(/'$/, "");
  const tail = stem !== word && there.endsWith(stem) && /^(|.*[^\p{L}\p{N}_'])$/u.test(there.slice(0, -stem.length));
  return tail ? put(end - Array.from(stem).length, word) : null;
}

/** The names in a text that call nothing, sorted; signs that LaTeX spells in letters are none. */
function variables(text) {
  return (text.replace(/\\(?:top|odot|cdot|circ|left|right)(?![A-Za-z])/g, " ").match(/[\p{L}][\p{L}\p{N}_]*(?![\p{L}\p{N}_]*\()/gu) ?? []).sort().join(" ");
}

export function show(error, fields, apply) {
  const place = $("fault");
  place.replaceChildren(el("p", {}, error.message));
  if (error.span && error.source) place.append(pointed(error));
  if (error.hint) place.append(el("p", { class: "hint" }, error.hint));
  place.hidden = false;
  const field = fields.where && error.source === fields.where ? "where" : "formula";
  $(field).setAttribute("aria-invalid", "true");
  for (const mend of mends(error, fields)) offer(mend, fields, place, apply);
}

async function offer({ say, ...changed }, fields, place, apply) {
  const first = place.firstChild;
  try {
    await ask("answer", { ...fields, ...changed });
  } catch {
    return;
  }
  if (place.firstChild !== first) return; // another error stands there by now
  place.append(el("button", { type: "button", class: "mend", onclick: () => apply(changed) }, say));
}

function pointed({ source, span: [start, end] }) {
  const letters = Array.from(source);
  const from = Math.max(0, Math.min(letters.lastIndexOf("\n", start - 1) + 1, start), start - WIDTH / 2);
  const rest = letters.slice(from, from + WIDTH).join("").split("\n")[0];
  const line = Array.from(rest);
  const [a, b] = [start - from, Math.max(start - from + 1, Math.min(end - from, line.length))];
  return el("pre", {}, line.slice(0, a).join(""), el("mark", {}, line.slice(a, b).join("") || " "), line.slice(b).join(""),
    "\n" + " ".repeat(a) + "^".repeat(b - a));
}

export function clear() {
  $("fault").hidden = true;
  $("fault").replaceChildren();
  for (const id of ["formula", "where"]) $(id).removeAttribute("aria-invalid");
}
