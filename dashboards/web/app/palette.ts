/**
 * Colours of series, apart for all common kinds of colour-blindness (after Okabe and Ito) and with at least 3:1 contrast
 * to the page. A series prefers the place its name hashes to, so it mostly keeps its colour from view to view.
 */
const LIGHT = ["#0b66c3", "#b8540a", "#00815f", "#b3307c", "#6b4fd0", "#7d6a00", "#007c9e", "#555f6d"];
const DARK = ["#6cb2ff", "#ff9f57", "#35d0a1", "#f58ac4", "#b3a1ff", "#e3c644", "#4ec9ee", "#b4becb"];

/** As many series as there are colours can be drawn at once. */
export const SERIES_MAX = LIGHT.length;

/** All but the last one, a grey that is left for when they are used up. */
const HUES = LIGHT.length - 1;

/** Which colour each series has: its place in the palette. */
export function slots(ids: readonly string[]): Map<string, number> {
  const taken = new Map<string, number>();
  const free = new Set(LIGHT.keys());
  for (const id of ids.slice(0, SERIES_MAX)) {
    let slot = hash(id) % HUES;
    for (let tried = 0; !free.has(slot); tried++) {
      slot = tried < HUES ? (slot + 1) % HUES : HUES;
    }
    free.delete(slot);
    taken.set(id, slot);
  }
  return taken;
}

export function colour(slot: number, dark: boolean): string {
  return (dark ? DARK : LIGHT)[slot] ?? "#888888";
}

/** FNV-1a. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    h = Math.imul(h ^ text.charCodeAt(i), 0x01000193) >>> 0;
  }
  return h;
}
