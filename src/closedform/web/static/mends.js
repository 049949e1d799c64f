// What the hint of an error offers, as fields that are changed: all of it that can be done without guessing.

const MOST = 6;
const SENTENCE = /[.?](?=\s+(?:Write|Did|Declare|Use|Let)\b)/;
const DECLARES = /^[\p{L}][\p{L}\p{N}_]*(\[[a-z]\])?(?:,| in | ?>|: )/u;
const SHORT = { "R": "a number", "R^n": "a vector", "R^(n×n)": "a square matrix", "R^(m×n)": "a matrix", "Sym(n)": "symmetric" };

/** Each with what is said on its button, what it means, and the fields that it changes; in the order of the hint. */
export function mends(error, fields) {
  const out = [];
  for (const { word, means, declares, renames } of offers(error.hint)) {
    const changed = declares ? declared(word, fields) : written(word, means, renames, error, fields);
    if (changed && !out.some((one) => one.say === word)) out.push({ say: word, means: means || meant(word, declares, error), ...changed });
  }
  return out.slice(0, MOST);
}

/** The hint, part by part: "Write a for this, b for that. Declare c in R or d in R." */
export function offers(hint) {
  const out = [];
  for (const sentence of (hint ?? "").split(SENTENCE)) {
    const [, verb, rest] = /^\s*(Did you mean|Write|Declare)\s+(.+?)\s*[?.]?\s*$/s.exec(sentence) ?? [];
    let now = verb;
    for (const part of rest ? alternatives(rest) : []) {
      const [, other, text] = /^(write|declare)?\s*(.*)$/s.exec(part);
      if (other) now = { write: "Write", declare: "Declare" }[other];
      const [, word, means] = /^(.+?)(?:\s+(?:for|of)\s+(.+?)|\s+\((a [^()]*)\))?(?:\s+instead)?$/s.exec(text) ?? [];
      const plain = word?.replace(/^"(.*)"$/, "$1").replace(now === "Did you mean" ? /\(…\)$/ : /$^/, "");
      if (word) out.push({ word: plain, means: means ?? "", declares: now === "Declare", renames: now === "Did you mean" });
    }
  }
  return out;
}

/** Parted by commas and by "or", outside brackets. */
function alternatives(text) {
  const out = [""];
  let depth = 0;
  for (const part of text.split(/([([{]|[)\]}]|,\s+or\s+|\s+or\s+|,\s+)/)) {
    if (/^[([{]$/.test(part)) depth++;
    if (/^[)\]}]$/.test(part)) depth--;
    if (depth <= 0 && /^(,\s+|,?\s+or\s+)$/.test(part)) out.push("");
    else out[out.length - 1] += part;
  }
  return out.map((one) => one.trim()).filter(Boolean);
}

function declared(word, { where }) {
  const name = /^[\p{L}][\p{L}\p{N}_]*/u.exec(word)?.[0];
  return DECLARES.test(word) && !word.includes("…") && name ? { where: [where, word].filter(Boolean).join(", ") } : null;
}

function meant(word, declares, { source, span }) {
  const [, name, space] = /^(.+) in (.+)$/.exec(word) ?? [];
  if (declares) return space in SHORT ? `${name} is ${SHORT[space]}` : "";
  return span ? `in place of ${Array.from(source).slice(...span).join("")}` : "";
}

function written(word, means, renames, error, fields) {
  const field = ["formula", "where"].find((name) => fields[name] && fields[name] === error.source);
  const text = field && error.span ? replaced(error, word, renames, means) : null;
  return text === null ? null : { [field]: text };
}

const WORD = /^\\?[\p{L}][\p{L}\p{N}_]*$/u;
const CUT = /(?:\*(?:I|ones\([^()]*\))| (?:I|\\mathbf\{1\}_\{[^{}]*\}))$/; // what a scalar is times, to stand beside a matrix

/** The text with this in the place of the error; null where something would be lost. Places count characters. */
function replaced({ source, span: [start, end] }, word, renames, means) {
  const letters = Array.from(source);
  const there = letters.slice(start, end).join("");
  const put = (from, text, to = end) => [...letters.slice(0, from), text, gap(text, letters[to]), ...letters.slice(to)].join("");
  if (WORD.test(word)) return WORD.test(there) && (renames || means === there) ? put(start, word) : null;
  if (/^[^\s…]*\([^\s…]*\)$/.test(word) && / in /.test(there) && renames) return put(start, there.replace(/ in .*$/su, ` in ${word}`));
  for (const [text, to] of filled(word, letters, start, end)) {
    const [now, next] = [tokens(letters.slice(start, to).join("")), tokens(text)];
    if (/[^\p{L}\p{N}\s.]/u.test(text) && now === next && !same(text, letters.slice(start, to))) return put(start, text, to);
  }
  const operand = word.replace(CUT, "");
  const at = operand === word ? -1 : alone(there, operand);
  if (at >= 0) return put(start + Array.from(there.slice(0, at)).length, word, start + Array.from(there.slice(0, at) + operand).length);
  const stem = word.replace(/'$/, "");
  const tail = stem !== word && there.endsWith(stem) && /^(|.*[^\p{L}\p{N}_'])$/su.test(there.slice(0, -stem.length));
  return tail ? put(end - Array.from(stem).length, word) : null;
}

const same = (text, letters) => text.replace(/\s/g, "") === letters.join("").replace(/\s/g, "");
const gap = (text, next) => (/\\[A-Za-z]+$/.test(text) && /[A-Za-z]/.test(next ?? "") ? " " : "");

/** What is written there with … for what stands there already, and where that ends: at the error, or behind it. */
function filled(word, letters, start, end) {
  const behind = letters.slice(end).join("");
  const group = /^(?:\^\S+?)?\s*\(/.test(behind) && closed(letters, letters.indexOf("(", end));
  const argument = /^\s*[\p{L}\p{N}_]+'?/u.exec(behind)?.[0];
  const ends = [end, ...(group ? [group] : argument ? [end + Array.from(argument).length] : [])];
  if (!word.includes("…")) return ends.map((to) => [word, to]);
  if (word.split("…").length > 2) return [];
  const out = [];
  if (group) out.push([word.replace("…", () => letters.slice(letters.indexOf("(", end) + 1, group - 1).join("")), group]);
  if (!group && argument) out.push([word.replace("…", () => argument.trim()), ends[1]]);
  for (let from = start; from < end; from++) out.push([word.replace("…", () => letters.slice(from, end).join("")), end]);
  return out;
}

/** Behind the bracket that closes the one at this place; 0 where none does. */
function closed(letters, open) {
  let depth = 0;
  for (let at = open; at < letters.length; at++) {
    if (letters[at] === "(") depth++;
    if (letters[at] === ")" && --depth === 0) return at + 1;
  }
  return 0;
}

/** Where this stands in a text as a term of a sum, if it does so once; -1 elsewhere. */
function alone(text, operand) {
  const at = text.indexOf(operand);
  const before = text.slice(0, Math.max(at, 0)).trimEnd(), after = text.slice(at + operand.length).trimStart();
  const once = at >= 0 && text.indexOf(operand, at + 1) < 0;
  return once && /(^|[+\-(])$/.test(before) && /^($|[+\-)])/.test(after) ? at : -1;
}

/** The names and numbers in a text that call nothing known, sorted; signs that LaTeX spells in letters are none. */
function tokens(text) {
  const plain = text.replace(/\\(?:top|odot|cdot|circ|left|right)(?![A-Za-z])/g, " ");
  const names = plain.match(/[\p{L}][\p{L}\p{N}_]*(?![\p{L}\p{N}_]*\()/gu) ?? [];
  const numbers = plain.match(/(?<![\p{L}\p{N}_.])\d+(?:\.\d+)?/gu) ?? [];
  return [...names.filter((name) => !CALLED.has(name)).flatMap((name) => name.split("_")), ...numbers].sort().join(" ");
}

const CALLED = new Set("exp log ln sqrt sin cos tan asin acos atan sinh cosh tanh tr det logdet abs inv".split(" "));
