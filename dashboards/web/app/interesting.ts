import * as api from "./api.js";
import type { Range, View } from "./view.js";
import type { Curve, SeriesState } from "./wire.js";

const CHOSEN_MAX = 4;
const PER_UNIT_MAX = 2;
const LOOKED_AT_MAX = 16;
const FRESH_MS = 2 * 60_000;

/**
 * Picks a few series for somebody who has chosen nothing yet: those with an open alert first, then those whose curves
 * move; fresh ones, at most two of a unit. If nothing is fresh, the stretch where the newest data lies.
 */
export async function interesting(
  all: SeriesState[],
  alarming: Set<string>,
  now: number,
): Promise<Pick<View, "series" | "range">> {
  const numeric = all.filter((s) => s.type === "number" || s.type === "integer");
  const newest = Math.max(...numeric.map((s) => Date.parse(s.ts)));
  if (!Number.isFinite(newest)) {
    return { series: [], range: { kind: "last", minutes: 5 } };
  }
  const fresh = now - newest < FRESH_MS;
  const range: Range = fresh
    ? { kind: "last", minutes: 5 }
    : { kind: "fixed", from: newest - 15 * 60_000, to: newest + 1000 };
  const candidates = numeric
    .filter((s) => newest - Date.parse(s.ts) < FRESH_MS)
    .sort((a, b) => liking(b, alarming) - liking(a, alarming))
    .slice(0, LOOKED_AT_MAX);
  const [from, to] = range.kind === "fixed" ? [range.from, range.to] : [now - 5 * 60_000, now];
  // Eight at a time: as many as the server draws in one answer.
  const curves: Curve[] = [];
  for (let i = 0; i < candidates.length; i += 8) {
    const ids = candidates.slice(i, i + 8).map((s) => s.id);
    curves.push(...(await api.curves(ids, from, to, 60)).series);
  }
  const moving = new Map(curves.map((c) => [c.id, movement(c)]));
  const score = (s: SeriesState): number => (moving.get(s.id) ?? 0) + liking(s, alarming);
  const ranked = candidates.sort((a, b) => score(b) - score(a));
  const chosen: SeriesState[] = [];
  for (const s of ranked) {
    if (chosen.length < CHOSEN_MAX && chosen.filter((c) => c.unit === s.unit).length < PER_UNIT_MAX) {
      chosen.push(s);
    }
  }
  return { series: chosen.map((s) => s.id), range };
}

/** What people look at first. */
function liking(s: SeriesState, alarming: Set<string>): number {
  if (alarming.has(s.id)) {
    return 2;
  }
  const name = s.metric.toLowerCase();
  return /cpu\.usage|temp|pressure/.test(name) ? 0.6 : /cpu|mem|flow|vibration|net/.test(name) ? 0.3 : 0;
}

/** Share of steps in which the value changed, 0 to 1; a counter that only grows moves less. */
function movement(curve: Curve): number {
  let changed = 0;
  let turned = 0;
  let direction = 0;
  for (let i = 1; i < curve.points.length; i++) {
    const step = Math.sign((curve.points[i]?.[1] ?? 0) - (curve.points[i - 1]?.[1] ?? 0));
    changed += step === 0 ? 0 : 1;
    turned += step !== 0 && step === -direction ? 1 : 0;
    direction = step === 0 ? direction : step;
  }
  const steps = Math.max(1, curve.points.length - 1);
  return changed / steps / 2 + (turned > 0 ? 0.5 : 0);
}
