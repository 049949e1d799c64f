// Indices and powers in mathematics as they are typed in text: x_i^2 - y_i, and sum_i=1^n x_i.

const AFTER_INDEX = "+-*/=<>),";

/** Which script the caret is in, and of what; null where it is in none. */
function script(place) {
  const { model } = place._mathfield; // MathLive tells nobody else
  const here = model.at(model.position);
  if (!["subscript", "superscript"].includes(here?.parentBranch) || !model.selectionIsCollapsed) return null;
  const { command, type } = here.parent;
  const big = type !== "subsup" && /^\\(sum|prod)$/.test(command ?? "");
  return { below: here.parentBranch === "subscript", big, empty: here.type === "first" };
}

/** A power after an index stands beside it, and what follows an index stands behind it: an index is one word. */
export function scripts(place) {
  place.addEventListener("keydown", (event) => {
    if (place.mode !== "math" || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = script(place);
    if (!at || at.empty) return;
    if (event.key === (at.below ? "^" : "_") && (at.below || at.big)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      place.executeCommand("moveToOpposite");
    } else if (at.big ? !at.below && event.key === "(" : at.below && AFTER_INDEX.includes(event.key)) {
      place.executeCommand("moveAfterParent");
    }
  }, { capture: true });
}
