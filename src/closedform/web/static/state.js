// The state of the page stands in its address: the question, the view, and what was typed there.

import { FIELDS as MINIMISING } from "./argmin.js";
import { $ } from "./dom.js";

const VIEWS = ["derive", "argmin", "judge", "functions", "examples"];
const TYPED = { argmin: MINIMISING, judge: ["derivation", "judge-where"], functions: ["filter"] };
const EMPTY = ["formula", "argmin-formula", "derivation"]; // which stand there though nothing is typed: else it is an example
let opened = {};
let told = () => {};

const shown = () => VIEWS.find((name) => !$(`view-${name}`).hidden);

export const kept = () => Object.fromEntries(new URLSearchParams(location.hash.slice(1)));

export function remember(question) {
  const view_ = shown();
  const typed = Object.fromEntries((TYPED[view_] ?? []).map((id) => [id, $(id).value]));
  const state = new URLSearchParams(Object.entries({ ...question, ...typed }).filter(([name, value]) => value || EMPTY.includes(name)));
  state.delete("syntax");
  if (view_ !== "derive") state.set("view", view_);
  history.replaceState(null, "", `#${state}`);
}

/** The view of the address, with what was typed there. */
export function restore() {
  const { view: name, ...state } = kept();
  const ids = VIEWS.includes(name) ? TYPED[name] ?? [] : [];
  if (ids.some((id) => id in state)) for (const id of ids) $(id).value = state[id] ?? "";
  view(VIEWS.includes(name) ? name : "derive");
}

export function view(name) {
  for (const other of VIEWS) {
    const tab = $(`tab-${other}`);
    $(`view-${other}`).hidden = other !== name;
    tab.setAttribute("aria-selected", String(other === name));
    tab.tabIndex = other === name ? 0 : -1;
  }
  opened[name]?.();
  told();
}

/** ``when`` has what is done when a view is opened; ``remembered`` is called after each change. */
export function views(when, remembered) {
  [opened, told] = [when, remembered];
  for (const [k, name] of VIEWS.entries()) {
    $(`tab-${name}`).addEventListener("click", () => view(name));
    $(`tab-${name}`).addEventListener("keydown", (event) => {
      const next = { ArrowRight: k + 1, ArrowLeft: k - 1 + VIEWS.length, Home: 0, End: VIEWS.length - 1 }[event.key];
      if (next === undefined) return;
      event.preventDefault();
      view(VIEWS[next % VIEWS.length]);
      $(`tab-${VIEWS[next % VIEWS.length]}`).focus();
    });
  }
}
