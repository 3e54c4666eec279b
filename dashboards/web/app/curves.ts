import type { Curve, Hole, Point } from "./wire.js";

/** The points of one series as drawn: what was fetched, and what came live since. */
export class CurveData {
  readonly points: Point[] = [];
  unit = "";
  type: Curve["type"] = null;
  holes: Hole[] = [];
  #holeAfter = Number.POSITIVE_INFINITY;
  #fetched = false;

  /** Live points wait here until the first fetch has said where holes begin. */
  #early: [number, number][] = [];

  get fetched(): boolean {
    return this.#fetched;
  }

  /** Takes what the server has; with `keepLive`, live points later than its last one stay. */
  load(curve: Curve, keepLive: boolean): void {
    const last = keepLive ? (curve.points.at(-1)?.[0] ?? Number.NEGATIVE_INFINITY) : Number.POSITIVE_INFINITY;
    const newer = this.points.filter((p): p is [number, number] => p[1] !== null && p[0] > last);
    const early = this.#early.filter(([t]) => t > last);
    this.unit = curve.unit;
    this.type = curve.type;
    this.holes = curve.holes;
    this.#holeAfter = curve.hole_after_ms ?? Number.POSITIVE_INFINITY;
    this.#fetched = true;
    this.#early = [];
    this.points.length = 0;
    curve.points.forEach((p) => this.#push(p));
    [...newer, ...early].forEach((p) => this.#push(p));
  }

  add(points: readonly [number, number][]): void {
    if (!this.#fetched) {
      this.#early = [...this.#early, ...points].slice(-1000);
      return;
    }
    points.forEach((p) => this.#push(p));
  }

  /** Forgets what lies before a time, so that a page left open for weeks stays small. */
  trim(before: number): void {
    const keep = this.points.findIndex(([t]) => t >= before);
    const drop = (keep < 0 ? this.points.length : keep) - 1;
    if (drop > 200) {
      this.points.splice(0, drop);
    }
  }

  /** The value at or just before a time, or null where there is a hole. */
  at(time: number): number | null {
    const i = this.#after(time) - 1;
    return this.points[i]?.[1] ?? null;
  }

  last(): number | null {
    return this.points.at(-1)?.[1] ?? null;
  }

  #push(point: [number, number]): void {
    const last = this.points.at(-1);
    if (!last || point[0] > last[0]) {
      if (last && point[0] - last[0] > this.#holeAfter) {
        this.points.push([last[0] + 1, null]);
      }
      this.points.push(point);
      return;
    }
    const at = this.#after(point[0]);
    const before = this.points[at - 1];
    if (before?.[0] !== point[0] || before[1] !== point[1]) {
      this.points.splice(at, 0, point);
    }
  }

  /** Index of the first point later than a time. */
  #after(time: number): number {
    let low = 0;
    let high = this.points.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const t = this.points[middle]?.[0] ?? 0;
      if (t <= time) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
