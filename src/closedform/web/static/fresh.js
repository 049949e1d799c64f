// Answers belong to what was asked: where the fields have changed since, what stands there is marked as old.

const kept = new Map();

/** This place holds what is made of the text that ``now`` gives; ``told`` hears whether that has changed since. */
export function belongs(place, now, told = () => {}) {
  kept.set(place, { now, told, of: null });
}

/** What stands in this place from now on was made of this; null where nothing stands there. */
export function made(place, of) {
  kept.get(place).of = of;
  look();
}

export const isOld = (place) => kept.get(place).of !== null && kept.get(place).of !== kept.get(place).now();

/** Called after each change of a field, typed or not. */
export function look() {
  for (const [place, { told }] of kept) {
    const old = isOld(place);
    place.classList.toggle("old", old);
    told(old);
  }
}

export function start() {
  for (const change of ["input", "change"]) document.addEventListener(change, look);
}
