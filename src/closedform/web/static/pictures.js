// Pictures from the server. As an image one runs nothing, whatever stands in it. Where its parts are to be marked it is
// made anew of shapes and text: what is not named here is left out.

import { el } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const SHAPES = new Set(["svg", "g", "defs", "path", "polygon", "polyline", "ellipse", "rect", "text", "use", "clipPath"]);
const NUMBERS = /^[-+\d.,\s%a-zA-Z#()]*$/; // no address, no quotes
const GIVEN = new Set(("width height viewBox transform d points x y cx cy rx ry fill stroke stroke-width stroke-dasharray " +
  "stroke-dashoffset stroke-linejoin stroke-linecap stroke-miterlimit opacity text-anchor font-family font-size").split(" "));
const BOX = /^box (.+)$/s;

const picture = (...content) => el("div", { class: "picture", tabindex: "0", role: "group", "aria-label": "Picture" }, ...content);

export function image(svg, words) {
  const source = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  return picture(el("img", { src: source, alt: words }));
}

/** The picture as part of the page; ``boxes`` has the numbers of the names in each box. */
export function inline(svg, words, boxes) {
  const plain = svg.replace(/<style\b.*?<\/style>/gs, "").replace(/ style=/g, " data-style="); // which the policy forbids
  const read = new DOMParser().parseFromString(plain, "image/svg+xml").documentElement;
  const made = read.localName === "svg" && !read.querySelector("parsererror") ? copied(read, boxes) : null;
  if (!made) return image(svg, words);
  for (const [name, value] of Object.entries({ class: "drawn", role: "img", "aria-label": words })) made.setAttribute(name, value);
  return picture(made);
}

function copied(one, boxes) {
  const made = document.createElementNS(SVG, one.localName);
  for (const [name, value] of given(one)) made.setAttribute(name, value);
  const [, box] = BOX.exec(one.id) ?? [];
  if (box !== undefined) made.setAttribute("data-has", (boxes.get(box) ?? []).join(" "));
  for (const child of one.childNodes) {
    if (child.nodeType === Node.TEXT_NODE && one.localName === "text") made.append(child.data);
    if (child.namespaceURI === SVG && SHAPES.has(child.localName)) made.append(copied(child, boxes));
  }
  return made;
}

/** What may be said of a shape: how it looks, and which other shape of this picture it repeats. */
function* given(one) {
  const styles = (one.dataset.style ?? "").split(";").map((each) => each.split(":").map((word) => word.trim()));
  const all = [...[...one.attributes].map(({ name, value }) => [name, value]), ...styles.filter((each) => each.length === 2)];
  for (const [name, value] of all) if (GIVEN.has(name) && NUMBERS.test(value) && !/url/i.test(value)) yield [name, value];
  if (one.id && !BOX.test(one.id)) yield ["id", `drawn-${one.id}`];
  const [, part] = /^#([\w-]+)$/.exec(one.getAttribute("href") ?? one.getAttribute("xlink:href") ?? "") ?? [];
  if (part && one.localName === "use") yield ["href", `#drawn-${part}`];
}

export function saved(name, content, media) {
  const address = URL.createObjectURL(new Blob([content], { type: media }));
  el("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
