// Indices and powers in mathematics as they are typed in text: x_i^2 - y_i, and sum_i=1^n x_i.

const AFTER_INDEX = "+-*/=<>),'";
const FENCES = ["(", "[", "|", "\\vert", "\\Vert", "\\|", "\\lvert", "\\lVert"];

/** Which script the caret is in, and of what; null where it is in none. */
function script(place) {
  const { model } = place._mathfield; // MathLive tells nobody else
  const here = model.at(model.position);
  if (!["subscript", "superscript"].includes(here?.parentBranch) || !model.selectionIsCollapsed) return null;
  const { command, type } = here.parent;
  const big = type !== "subsup" && /^\\(sum|prod)$/.test(command ?? "");
  return { below: here.parentBranch === "subscript", big, empty: here.type === "first" };
}

/** Typed at the caret; true where nothing is left to be put there. */
function typed(place, sign) {
  if (place.mode !== "math") return false;
  if (sign === " " && bracketed(place)) return true;
  const at = script(place);
  if (!at || at.empty) return false;
  if (sign === (at.below ? "^" : "_") && (at.below || at.big)) {
    place.executeCommand("moveToOpposite");
    return true;
  }
  if (at.big ? !at.below && sign === "(" : at.below && AFTER_INDEX.includes(sign)) place.executeCommand("moveAfterParent");
  return false;
}

/** Between brackets or bars a space only ends a word: what follows it stands there too. */
function bracketed(place) {
  const { model } = place._mathfield;
  const { parent } = model.at(model.position) ?? {};
  return parent?.type === "leftright" && FENCES.includes(parent.leftDelim);
}

/** A power after an index stands beside it, and what follows an index stands behind it: an index is one word. */
export function scripts(place) {
  let key = "";
  place.addEventListener("keydown", (event) => {
    key = event.key;
    if (event.ctrlKey || event.metaKey || event.altKey || !typed(place, key)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    place._mathfield.flushInlineShortcutBuffer();
  }, { capture: true });
  otherwise(place, () => key);
}

/** What dead keys and the keyboards of phones type comes without a key of its own, a few signs at once. */
function otherwise(place, key) {
  const field = place._mathfield;
  const { onInput, onCompositionEnd } = field;
  const each = (signs) => {
    for (const sign of signs) if (!typed(place, sign)) onInput.call(field, sign);
  };
  field.onInput = (signs) => (signs === key() ? onInput.call(field, signs) : each(signs));
  field.onCompositionEnd = (signs) => {
    if (!Array.from(signs).some((sign) => `^_( ${AFTER_INDEX}`.includes(sign))) return onCompositionEnd.call(field, signs);
    onCompositionEnd.call(field, ""); // what was shown meanwhile goes
    each(signs);
  };
}
