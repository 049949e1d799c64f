// Elements and formulas. Text is only ever set as text: nothing that was typed becomes markup.

export const $ = (id) => document.getElementById(id);

export function el(tag, given = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** The only thing that LaTeX may ask of the page: the number of a name, from naming.js. */
const trusted = ({ command, attributes }) =>
  command === "\\htmlData" && Object.entries(attributes).every(([name, value]) => name === "data-of" && /^\d+$/.test(value));

const OPTIONS = { displayMode: true, throwOnError: true, trust: trusted, maxExpand: 1000, maxSize: 50, strict: "ignore" };
const DEEPEST = 60;

function depth(tex) {
  let now = 0, most = 0;
  for (const letter of tex) {
    if (letter === "{") most = Math.max(most, ++now);
    if (letter === "}") now--;
  }
  return most;
}

/** A formula as it is printed in books; its text where KaTeX does not take it. */
export function typeset(tex, text) {
  const place = el("div", { class: "formula", tabindex: "0", role: "math", "aria-label": text });
  try {
    if (depth(tex) > DEEPEST) throw new RangeError("nested too deeply");
    window.katex.render(tex, place, OPTIONS);
  } catch {
    place.replaceChildren(el("code", {}, text));
  }
  return place;
}

/** ``text`` makes what is copied, or promises it. */
export function copyButton(what, text) {
  const button = el("button", { type: "button" }, `Copy ${what}`);
  button.addEventListener("click", async () => {
    let done = false;
    try {
      const made = await text();
      done = await navigator.clipboard.writeText(made).then(() => true, () => byHand(made));
    } catch {
      // what was to be copied could not be made
    }
    button.textContent = done ? "Copied" : "Not copied";
    setTimeout(() => { button.textContent = `Copy ${what}`; }, 1200);
  });
  return button;
}

function byHand(text) {
  const area = el("textarea", { class: "noprint" });
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}

/** A field of one line into which lines are pasted has them as ``joined`` writes them, and undoes that. */
export function pasting(field, joined) {
  field.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain");
    if (!/[\r\n]/.test(text.trim())) return;
    event.preventDefault();
    document.execCommand("insertText", false, joined(text));
  });
}

/** Buttons of which one is pressed. */
export function choice(label, words, now, chosen) {
  const group = el("span", { class: "choice", role: "group", "aria-label": label });
  for (const word of words) {
    group.append(el("button", {
      type: "button", "aria-pressed": String(word === now), onclick: () => { press(group, word); chosen(word); },
    }, word));
  }
  return group;
}

/** The button of this word is the one that is pressed. */
export function press(group, word) {
  for (const one of group.children) one.setAttribute("aria-pressed", String(one.textContent === word));
}

const GREEK = new Set(("alpha beta gamma delta epsilon zeta eta theta iota kappa mu nu xi pi rho sigma tau phi chi psi omega " +
  "Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega").split(" "));

/** The name of a variable in LaTeX. */
export function letter(name) {
  const [, head, tail] = /^(.*?)_?(\d*)$/.exec(name.replace(/_/g, ""));
  const spelled = head === "lam" || head === "lambda" ? "\\lambda"
    : GREEK.has(head) ? `\\${head}` : /^\p{L}$/u.test(head) ? head : `\\mathrm{${head.replace(/[^\p{L}\d]/gu, "")}}`;
  return tail ? `${spelled}_{${tail}}` : spelled;
}
