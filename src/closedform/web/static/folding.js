// Parts that are asked for when they are opened, and the places they are put into.

import { Fault } from "./api.js";
import { el } from "./dom.js";

/** What a question came to: the message of a fault, with its mend. */
export function fault(error) {
  if (!(error instanceof Fault)) return "the server does not answer";
  return [error.message, error.error.hint].filter(Boolean).join("\n");
}

/** Put what is asked for into its place, or why there is none; the last question wins, and hears whether it still is
 * the last. True where it was put there. */
export async function filled(place, work) {
  const turn = (place.turn = (place.turn ?? 0) + 1);
  if (place.childElementCount) place.setAttribute("aria-busy", "true"); // what stood there stays, in grey
  const slow = setTimeout(() => {
    if (!place.childElementCount) place.append(el("p", { class: "aside", role: "status" }, "computing …"));
  }, 200);
  let children;
  try {
    children = await work(() => turn === place.turn);
  } catch (error) {
    if (error.name === "AbortError") return false; // another answer stands there by now
    children = [el("p", { class: "wrong said" }, fault(error))];
  } finally {
    clearTimeout(slow);
  }
  if (turn !== place.turn) return false;
  place.removeAttribute("aria-busy");
  place.replaceChildren(...children);
  return true;
}

/** A part that opens; ``told`` hears whether it is open. */
export function folding(open, label, told, body, fill) {
  const details = el("details", { open }, el("summary", {}, label), body);
  whenOpen(details, told, fill);
  return details;
}

/** Fill a part the first time it is open. */
export function whenOpen(details, told, fill) {
  let done = false;
  const look = () => {
    if (details.open && !done) fill();
    done = done || details.open;
  };
  details.addEventListener("toggle", () => { told(details.open); look(); });
  look();
}
