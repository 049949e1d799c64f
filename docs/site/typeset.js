// Formulas of the documentation, typeset by KaTeX as they come into view; one that fails stays as LaTeX.

const typeset = (place) => {
  const [, tex] = /^\\[([]([^]*)\\[\])]$/.exec(place.textContent.trim()) ?? [];
  if (!tex) return;
  const whole = place.textContent;
  try {
    katex.render(tex, place, { displayMode: place.tagName === "DIV", trust: false, strict: "ignore" });
  } catch {
    place.textContent = whole;
  }
};

const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    typeset(target);
  }
}, { rootMargin: "1000px" });

for (const place of document.querySelectorAll(".arithmatex")) seen.observe(place);
addEventListener("beforeprint", () => document.querySelectorAll(".arithmatex:not(:has(.katex))").forEach(typeset));
