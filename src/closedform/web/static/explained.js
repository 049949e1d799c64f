// The page of a law, in a window of its own over the page.

import { ask } from "./api.js";
import { $, el, typeset } from "./dom.js";
import { filled } from "./folding.js";

/** What a law says, each named law a button. */
export function laws(text) {
  const line = el("div", { class: "law" });
  for (const [k, part] of text.split("; ").entries()) {
    const [, name, rest] = /^([^:=]+)(:.*)$/su.exec(part) ?? [null, "", part];
    if (k) line.append("; ");
    if (name) line.append(el("button", { type: "button", class: "link", "aria-haspopup": "dialog", onclick: () => explain(name) }, name));
    line.append(rest);
  }
  return line;
}

/** Words without their marks; a line that only ends there goes on. */
const flowing = (words) => words.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/[*`]/g, "").replace(/([^\n])\n(?![\n\s-])/g, "$1 ");

export function explain(name) {
  const window_ = $("explained");
  const body = el("div", {});
  window_.replaceChildren(
    el("div", { class: "heads" }, el("h2", { id: "explained-title" }, name),
      el("button", { type: "button", onclick: () => window_.close() }, "Close")), body);
  window_.showModal();
  filled(body, async () => {
    const { page } = await ask("explain", { name });
    $("explained-title").textContent = page.title;
    return [
      ...page.statements.map((one) => (one.latex ? typeset(one.latex, `${one.name}: ${one.text}`) : el("p", {}, one.name))),
      ...[["", page.words], ["When it holds", page.when], ["Why", page.why]].filter(([, words]) => words).flatMap(([title, words]) =>
        [title ? el("h3", {}, title) : null, el("p", { class: "said" }, flowing(words))].filter(Boolean)),
      ...page.examples.flatMap((one) => [el("h3", {}, "Example"), el("pre", { tabindex: "0" }, `$ ${one.command}\n${one.text}`)]),
    ];
  });
}
