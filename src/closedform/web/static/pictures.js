// Pictures from the server, as images: an image runs nothing, whatever stands in it.

import { el } from "./dom.js";

export function image(svg, words) {
  const source = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  return el("div", { class: "picture", tabindex: "0", role: "group", "aria-label": "Picture" }, el("img", { src: source, alt: words }));
}

export function saved(name, content, media) {
  const address = URL.createObjectURL(new Blob([content], { type: media }));
  el("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
