// An error with its place, and the mend as a button: only one that the server has read without a fault.

import { ask } from "./api.js";
import { $, el } from "./dom.js";

const WIDTH = 76;

/** What the hint suggests, as changed fields. */
export function mends(error, fields) {
  const out = [];
  const declare = /^Declare (.+?)\.?$/.exec(error.hint);
  if (declare) {
    for (const one of declare[1].split(/,? or /)) out.push({ say: one, where: [fields.where, one].filter(Boolean).join(", ") });
  }
  const spelled = /^(?:Did you mean|Write) (.+?)(?: for [^?.]*| instead)?\s*[?.]$/.exec(error.hint);
  if (spelled && error.span) {
    const field = ["formula", "where"].find((name) => fields[name] === error.source);
    for (const one of field ? spelled[1].split(/,? or /) : []) {
      const word = one.trim().replace(/\(…\)$/, "");
      if (word && !word.includes("…")) out.push({ say: word, [field]: replaced(error, word) });
    }
  }
  return out.slice(0, 4);
}

/** Places count characters, not the halves that some are stored in. */
function replaced({ source, span: [start, end] }, word) {
  const letters = Array.from(source);
  return [...letters.slice(0, start), word, ...letters.slice(end)].join("");
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
