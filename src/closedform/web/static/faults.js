// An error with its place, and the mend as a button: only one that the server has read without a fault.

import { ask } from "./api.js";
import { $, el } from "./dom.js";
import { mends } from "./mends.js";

const WIDTH = 76;

export function show(error, fields, apply) {
  const place = $("fault");
  place.replaceChildren(el("p", {}, error.message));
  if (error.span && error.source) place.append(pointed(error));
  if (error.hint) place.append(el("p", { class: "hint" }, error.hint));
  place.hidden = false;
  const field = fields.where && error.source === fields.where ? "where" : "formula";
  $(field).setAttribute("aria-invalid", "true");
  offer(mends(error, fields), fields, place, apply);
}

/** Those that lead to an answer, in their order, each with what it assumes. */
async function offer(found, fields, place, apply) {
  const first = place.firstChild;
  const read = await Promise.all(found.map((mend) => tried(mend, fields)));
  const list = el("ul", { class: "mends", "aria-label": "Mends" });
  for (const [k, { say, means, ...changed }] of found.entries()) {
    if (!read[k]) continue;
    const said = [means, `f is then ${shaped(read[k].function.shape)}`].filter(Boolean).join("; ");
    list.append(el("li", {}, el("button", { type: "button", class: "mend", onclick: () => apply(changed) }, say), el("span", { class: "aside" }, said)));
  }
  if (place.firstChild === first && list.children.length) place.append(list); // else another error stands there by now
}

async function tried({ say, means, ...changed }, fields) {
  try {
    return await ask("answer", { ...fields, ...changed });
  } catch {
    return null;
  }
}

function shaped([rows, columns]) {
  if (rows === "1" && columns === "1") return "a number";
  return columns === "1" ? `a vector of size ${rows}` : `a matrix, ${rows}×${columns}`;
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
