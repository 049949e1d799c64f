// What was assumed of each variable, and changing it: the change is written into the declarations.

import { el } from "./dom.js";

const KINDS = {
  "scalar": { write: () => "in R", sizes: 0 },
  "scalar > 0": { write: (_, name) => `in R, ${name} > 0`, sizes: 0 },
  "vector": { write: ([n]) => `in R^${bracket(n)}`, sizes: 1 },
  "matrix": { write: ([m, n]) => `in R^(${m}×${n ?? m})`, sizes: 2 },
  "symmetric": { write: ([n]) => `in Sym(${n})`, sizes: 1 },
  "positive semidefinite": { write: ([n]) => `in PSD(${n})`, sizes: 1 },
  "positive definite": { write: ([n]) => `in PD(${n})`, sizes: 1 },
  "diagonal": { write: ([n]) => `in Diag(${n})`, sizes: 1 },
  "orthogonal": { write: ([n]) => `in Orth(${n})`, sizes: 1 },
  "skew": { write: ([n]) => `in Skew(${n})`, sizes: 1 },
  "lower triangular": { write: ([n]) => `in Lower(${n})`, sizes: 1 },
  "upper triangular": { write: ([n]) => `in Upper(${n})`, sizes: 1 },
};
const SPACES = {
  Sym: "symmetric", PSD: "positive semidefinite", PD: "positive definite", Diag: "diagonal", Orth: "orthogonal",
  Skew: "skew", Lower: "lower triangular", Upper: "upper triangular",
};

const bracket = (size) => (/^[\p{L}\d]+$/u.test(size) ? size : `(${size})`);

/** The declarations one by one: commas inside brackets part nothing. */
export function parted(where) {
  const out = [""];
  let depth = 0;
  for (const sign of where) {
    if ("([{".includes(sign)) depth++;
    if (")]}".includes(sign)) depth--;
    if (sign === "," && depth <= 0) out.push("");
    else out[out.length - 1] += sign;
  }
  return out.map((one) => one.trim()).filter(Boolean);
}

/** Declarations in lines of their own, as one line. */
export const joined = (text) => text.split(/[\r\n]+/).map((line) => line.trim().replace(/,$/, "")).filter(Boolean).join(", ");

const named = (one) => /^([\p{L}][\p{L}\p{N}_]*)\s*(?:in\b|∈|>\s*0)/u.exec(one)?.[1];

/** Each variable with its kind and sizes; those declared in a way of its own are left as they are. */
export function variables(where) {
  const found = new Map();
  for (const one of parted(where)) {
    const name = named(one);
    const space = name && one.slice(name.length).trim().replace(/^(in\b|∈)\s*/, "");
    const read = space && understood(space);
    if (read && (read.kind === "scalar > 0" ? found.get(name)?.kind === "scalar" : !found.has(name))) found.set(name, read);
  }
  return found;
}

/** What is declared in a way of its own: families, functions, a size, matrices that commute. */
export function others(where) {
  const known = variables(where);
  return parted(where).filter((one) => !known.has(named(one)) || !understood(one.slice(named(one).length).trim().replace(/^(in\b|∈)\s*/, "")));
}

function understood(space) {
  let match;
  if (space === "R") return { kind: "scalar", sizes: [] };
  if (/^>\s*0$/.test(space)) return { kind: "scalar > 0", sizes: [] };
  if ((match = /^R\^\((.+)×(.+)\)$/.exec(space))) return { kind: "matrix", sizes: [match[1], match[2]] };
  if ((match = /^R\^\(?([^()×]+)\)?$/.exec(space))) return { kind: "vector", sizes: [match[1]] };
  if ((match = /^(\w+)\((.+)\)$/.exec(space)) && SPACES[match[1]]) return { kind: SPACES[match[1]], sizes: [match[2]] };
  return null;
}

/** The declarations with that of one variable replaced; entries that are positive stay so. */
export function declared(where, name, kind, sizes) {
  const entry = `${name} ${KINDS[kind].write(sizes, name)}`;
  const scalar = [kind, variables(where).get(name)?.kind].some((each) => each?.startsWith("scalar"));
  const others = parted(where).filter((one) => named(one) !== name || (!scalar && one.includes(">")));
  return [...others, entry].join(", ");
}

/** A line to change what was assumed; ``change`` is given the new declarations. */
export function editor(found, current, change) {
  const line = el("div", { class: "assumed", role: "group", "aria-label": "Assumed; change it here" });
  for (const [name, { kind, sizes }] of variables(found)) {
    const kinds = el("select", { "aria-label": `${name} is` });
    for (const word of Object.keys(KINDS)) kinds.append(el("option", { selected: word === kind }, word));
    const size = el("input", { "aria-label": `size of ${name}`, spellcheck: "false", hidden: sizes.length === 0 });
    size.value = sizes.join("×");
    const write = () => {
      const parts = (size.value || "n").split(/[×x,*]/).map((part) => part.trim()).filter(Boolean);
      change(declared(current(), name, kinds.value, parts.length ? parts : ["n"]));
    };
    kinds.addEventListener("change", write);
    size.addEventListener("change", write);
    line.append(el("span", {}, el("code", {}, name), kinds, size));
  }
  for (const one of others(found)) line.append(el("code", {}, one));
  return line;
}
