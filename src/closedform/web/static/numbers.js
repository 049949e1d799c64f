// Numbers as they are read: a scalar, a vector, a matrix, or a larger array by its shape.

import { el, typeset } from "./dom.js";

const MOST = 8;

export function short(x) {
  if (typeof x !== "number") return String(x);
  if (Number.isInteger(x) && Math.abs(x) < 1e9) return String(x);
  return String(Number(x.toPrecision(6)));
}

function tex(x) {
  const [digits, power] = short(x).split("e");
  const plain = { nan: "\\mathrm{nan}", inf: "\\infty", "-inf": "-\\infty" }[digits] ?? digits;
  return power ? `${plain}\\cdot 10^{${Number(power)}}` : plain;
}

export function shape(value) {
  const found = [];
  for (let at = value; Array.isArray(at); at = at[0]) found.push(at.length);
  return found;
}

/** LaTeX of a value; null where it is too large to be shown. */
export function latex(value) {
  const sizes = shape(value);
  if (sizes.length === 0) return tex(value);
  if (sizes.length > 2 || sizes.some((n) => n > MOST || n === 0)) return null;
  const rows = sizes.length === 1 ? value.map((x) => [x]) : value;
  return `\\begin{bmatrix} ${rows.map((row) => row.map(tex).join(" & ")).join(" \\\\ ")} \\end{bmatrix}`;
}

export const plain = (value) => (Array.isArray(value) ? `[${value.map(plain).join(", ")}]` : short(value));

/** ``left = value``, typeset where it fits; else its shape and first entries. */
export function equation(left, said, value) {
  const right = latex(value);
  if (right !== null) return typeset(`${left} = ${right}`, `${said} = ${plain(value)}`);
  const flat = value.flat(Infinity);
  return el("div", {}, typeset(left, said),
    el("p", { class: "aside" }, `an array of ${shape(value).join("×")}: ${flat.slice(0, MOST).map(short).join(", ")}${flat.length > MOST ? ", …" : ""}`));
}
