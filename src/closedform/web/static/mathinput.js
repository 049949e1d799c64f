// Input as typeset mathematics, by MathLive, which is loaded when it is first asked for.
//
// The policy of the page forbids styles inside markup. MathLive writes them there: they are renamed before its markup
// is read, and set by script, which is allowed, before anything is measured.

import { $ } from "./dom.js";
import { scripts } from "./scripts.js";

const NAMES = [
  "tr", "logdet", "softmax", "logsumexp", "diag", "vec", "sigmoid", "softplus", "relu", "mean", "inv", "erf", "huber", "var", "kron", "expm",
];
const WORDS = { lam: "\\lambda", log: "\\log", det: "\\det", sum: "\\sum", prod: "\\prod", "'": "^{\\top}", "*": "\\cdot" };
const ANYWHERE = ["mu", "nu", "xi", "rho", "tau", "chi"]; // end no other word, so they may follow a letter: w'mu
const HIDDEN = ' style="visibility:hidden"'; // until it is made, which MathLive takes back before this would be set
const PAUSE = 350;
let field = null, making = null;

export async function open(latex, changed) {
  $("math").hidden = false;
  making ??= made(changed).catch((error) => { making = null; throw error; });
  field = await making;
  write(latex);
}

export function close() {
  $("math").hidden = true;
}

export const focus = () => field?.focus();
export const read = () => field?.getValue("latex-expanded").trim() ?? "";
export const complete = () => !read().includes("\\placeholder");

export function write(latex) {
  if (field && read() !== latex) field.setValue(latex, { silenceNotifications: true });
}

async function made(changed) {
  const { MathfieldElement } = await import("./mathlive/mathlive.min.mjs");
  MathfieldElement.fontsDirectory = null;
  MathfieldElement.soundsDirectory = null;
  MathfieldElement.createHTML = (markup) => markup.replace(HIDDEN, "").replace(/ style=/g, " data-style=");
  const place = new MathfieldElement();
  place.setAttribute("aria-label", "Formula, as mathematics");
  place.mathVirtualKeyboardPolicy = "auto";
  const mounted = new Promise((done) => place.addEventListener("mount", done, { once: true }));
  $("math").append(place);
  await mounted;
  styled(place.shadowRoot.querySelector("[part=content]"));
  watch(place.shadowRoot);
  watch(document.body);
  place.menuItems = [];
  keyboard(window.mathVirtualKeyboard);
  const named = Object.fromEntries(NAMES.map((name) => [name, `\\operatorname{${name}}`]));
  const { "||": _, ...shortcuts } = place.inlineShortcuts;
  const greek = Object.fromEntries(ANYWHERE.map((name) => [name, `\\${name}`]));
  place.inlineShortcuts = { ...shortcuts, ...named, ...greek, ...WORDS };
  place.addEventListener("input", changed);
  bars(place);
  scripts(place);
  return place;
}

/** What a phone shows in place of its own keyboard. */
function keyboard(board) {
  board.editToolbar = "none";
  board.layouts = [{
    label: "f(x)", tooltip: "formulas",
    rows: [
      ["x", "A", "b", "X", "\\lambda", "[separator-5]", "[7]", "[8]", "[9]", "/"],
      [key("#@^{\\top}", "□ᵀ"), key("#@^{-1}", "□⁻¹"), key("#@^{#?}", "□ⁿ"), key("#@_{#?}", "□ₙ"), "(", "[separator-5]", "[4]", "[5]", "[6]", "\\cdot"],
      [key("\\left\\Vert #?\\right\\Vert", "‖□‖"), key("\\left|#?\\right|", "|□|"), key("\\sqrt{#?}", "√"), key("\\operatorname{tr}", "tr"), ")", "[separator-5]", "[1]", "[2]", "[3]", "-"],
      [key("\\log", "log"), key("\\exp", "exp"), key("\\det", "det"), key("\\sum_{#?}", "Σ"), "[left]", "[separator-5]", "[right]", "[0]", erase, "+"],
    ],
  }, "alphabetic", "greek"];
}

const key = (latex, label) => ({ latex, label });
const erase = { class: "action", label: "⌫", command: ["performWithFeedback", "deleteBackward"], width: 1 };

function set(root) {
  for (const one of root.querySelectorAll("[data-style]")) {
    one.style.cssText = one.dataset.style;
    one.removeAttribute("data-style");
  }
}

function watch(root) {
  new MutationObserver(() => set(root)).observe(root, { childList: true, subtree: true });
  set(root);
}

/** MathLive measures the formula as soon as its markup is read: there the styles are set at once. */
function styled(content) {
  const { get, set: put } = Object.getOwnPropertyDescriptor(Element.prototype, "innerHTML");
  const own = { configurable: true, get, set(markup) { put.call(this, markup); set(this); } };
  Object.defineProperty(content, "innerHTML", own);
}

/** One bar opens or closes an absolute value, two a norm. */
function bars(place) {
  const open_ = [];
  let timer = 0;
  const bar = (sign) => {
    timer = 0;
    if (open_.at(-1) === sign) {
      open_.pop();
      place.executeCommand("moveAfterParent");
    } else {
      open_.push(sign);
      place.insert(`\\left${sign}#?\\right${sign}`, { selectionMode: "placeholder" });
    }
    place.dispatchEvent(new Event("input"));
  };
  const forget = () => { open_.length = 0; };
  place.addEventListener("keydown", (event) => {
    if (!place.value || /^(Arrow|Home|End|Backspace|Delete)/.test(event.key)) forget();
    if (event.key !== "|" && event.key !== "Shift" && timer) {
      clearTimeout(timer);
      bar("|");
    }
    if (event.key !== "|" || place.mode !== "math") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (timer) {
      clearTimeout(timer);
      bar("\\Vert");
    } else timer = setTimeout(() => bar("|"), PAUSE);
  }, { capture: true });
  place.addEventListener("pointerdown", forget);
}
