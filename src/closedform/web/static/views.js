// The views beside the first: judging a derivation, the table of functions.

import { ask, table } from "./api.js";
import { $, el } from "./dom.js";
import { explain } from "./explained.js";
import { fault, filled } from "./folding.js";
import { belongs, isOld, made } from "./fresh.js";

const COLOUR = { right: "right", wrong: "wrong", undecided: "doubt", given: "aside" };
const START = "f = x'*A*x\ndf = dx'*A*x + x'*A*dx\n   = 2*x'*A*dx\n";

export function judging(changed) {
  $("derivation").value = START;
  $("judging").addEventListener("input", changed);
  $("judging").addEventListener("submit", (event) => { event.preventDefault(); judge(); });
  $("judging").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) judge();
  });
  belongs($("verdict"), () => JSON.stringify(derivation()), (old) => {
    $("judge-note").textContent = old ? "changed since it was judged" : "";
  });
}

/** The first look at this view shows its verdict; so does an address. */
export function judged() {
  if (!$("verdict").childElementCount || isOld($("verdict"))) judge();
}

const derivation = () => ({ derivation: $("derivation").value, where: $("judge-where").value });

async function judge() {
  const asked = derivation();
  const put = await filled($("verdict"), async () => [asked.derivation.trim() ? verdict(await ask("judge", asked))
    : el("p", { class: "card aside" }, "Write a derivation above, a line for each step, as in: f = x'*A*x, then df = …")]);
  if (put) made($("verdict"), JSON.stringify(asked));
}

const HEADLINES = {
  right: () => "Every line follows.",
  wrong: (found) => `Line ${found.first_wrong} does not follow.`,
  undecided: () => "Not every line could be decided.",
};

function verdict(found) {
  return el("div", { class: "card" },
    el("h2", { class: COLOUR[found.verdict] }, HEADLINES[found.verdict](found)),
    el("p", { class: "aside" }, found.assumed.length ? `assumed: ${found.assumed.join(", ")}` : ""),
    el("ol", { class: "steps" }, ...found.steps.map(line)));
}

function line(step) {
  const notes = el("dl", {});
  const values = step.example && Object.entries(step.example.point).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  for (const [label, text] of [
    ["why", step.reason], ["slip", step.slip], ["should stand here", step.right_line], ["right if", step.right_if],
    ["for example", step.example && `${values.join(", ")}: before ${JSON.stringify(step.example.before)}, here ${JSON.stringify(step.example.here)}`],
  ]) if (text) notes.append(el("dt", {}, label), el("dd", {}, text));
  return el("li", {}, el("span", { class: COLOUR[step.status] ?? "" }, `${step.line}. ${step.status} `), el("code", {}, step.text),
    notes.children.length ? notes : null);
}

/** A cell that says what it is where the head of the table is not shown, on a phone. */
const cell = (title, ...content) => el("td", { role: "cell", "data-title": content.join("") ? title : false }, ...content);

let rows = null, draw = null;

export async function functions() {
  if (rows) return draw?.();
  $("count").textContent = "loading …";
  try {
    rows = (await table()).functions;
  } catch (error) {
    $("count").textContent = fault(error);
    return;
  }
  const filter = $("filter");
  draw = () => {
    const word = filter.value.trim().toLowerCase();
    const kept = rows.filter((row) => !word || [row.name, row.call, row.what, row.family, ...row.aliases].join(" ").toLowerCase().includes(word));
    $("table").replaceChildren(...kept.map((row) => el("tr", { role: "row" },
      el("th", { scope: "row", role: "rowheader" }, el("button", { type: "button", class: "link", "aria-haspopup": "dialog", onclick: () => explain(row.name) }, el("code", {}, row.call))), cell("", row.what, row.aliases.length ? ` Also ${row.aliases.join(", ")}.` : ""),
      cell("d", el("code", {}, row.differential)), cell("where", row.conditions.join("; ")))));
    $("count").textContent = kept.length ? `${kept.length} of ${rows.length} functions` : `None of the ${rows.length} functions is called so.`;
  };
  filter.addEventListener("input", draw);
  draw();
}
