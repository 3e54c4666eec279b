/** How figures, ages and times read. All locale-free but for the clock, so that a wall screen and a phone agree. */

const THIN_SPACE = "\u202f";
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A count with groups of three digits: 1 234 567. */
export function count(n: number): string {
  return Math.round(n).toString().replace(/\B(?=(\d{3})+(?!\d))/g, THIN_SPACE);
}

/** A figure with about four significant digits: 1 234, 21.53, 0.004213, 1.2e-9. */
export function figure(n: number): string {
  if (!Number.isFinite(n)) {
    return String(n);
  }
  const size = Math.abs(n);
  if (size !== 0 && (size < 1e-4 || size >= 1e9)) {
    return n.toExponential(2);
  }
  if (size >= 1000) {
    return count(n);
  }
  const digits = size >= 100 ? 1 : size >= 1 ? 2 : size >= 0.01 ? 4 : 6;
  return n.toFixed(digits).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
}

/** A reading as text. */
export function reading(value: number | boolean | string | null): string {
  switch (typeof value) {
    case "number":
      return figure(value);
    case "boolean":
      return value ? "on" : "off";
    case "string":
      return value;
    default:
      return "–";
  }
}

const BYTE_STEPS = ["B", "kB", "MB", "GB", "TB", "PB"];

/** Bytes in the step that a person would choose; any other unit stays as the device names it. */
export function scaled(value: number, unit: string): [string, string] {
  const perSecond = unit === "B/s" || unit === "bytes/s";
  if (unit !== "B" && unit !== "bytes" && !perSecond) {
    return [figure(value), unit];
  }
  let step = 0;
  let rest = value;
  while (Math.abs(rest) >= 1000 && step < BYTE_STEPS.length - 1) {
    rest /= 1000;
    step++;
  }
  return [figure(rest), (BYTE_STEPS[step] ?? "B") + (perSecond ? "/s" : "")];
}

/** A span in its largest fitting unit: 0 s, 12 s, 3 min, 5 h, 2 d, 6 y. */
export function span(ms: number): string {
  const t = Math.max(0, ms);
  if (t < MINUTE) {
    return `${Math.floor(t / SECOND)} s`;
  }
  if (t < HOUR) {
    return `${Math.floor(t / MINUTE)} min`;
  }
  if (t < 2 * DAY) {
    return `${Math.floor(t / HOUR)} h`;
  }
  return t < 730 * DAY ? `${Math.floor(t / DAY)} d` : `${Math.floor(t / (365 * DAY))} y`;
}

/** A delay: 0.8 ms, 12 ms, 1.5 s. */
export function delay(ms: number): string {
  return ms >= 1000 ? `${figure(ms / 1000)} s` : `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const MOMENT = new Intl.DateTimeFormat(undefined, {
  year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
});

/** A time of day if it was within the last 12 hours, else with its date. */
export function moment(ms: number, now: number): string {
  return Math.abs(now - ms) < 12 * HOUR ? CLOCK.format(ms) : MOMENT.format(ms);
}

/** The id of the series that something is about. */
export function seriesOf(of: { site: string; agent: string; device: string; metric: string }): string {
  return `${of.site}/${of.agent}/${of.device}+${of.metric}`;
}

/** `device · metric` of an id `site/agent/device+metric`. */
export function nameOf(id: string): string {
  const plus = id.lastIndexOf("+");
  const device = id.slice(0, plus).split("/").slice(2).join("/");
  return `${device} · ${id.slice(plus + 1)}`;
}

/** A length of time in its two largest units: 45 s, 3 min 20 s, 2 h 5 min, 3 d 4 h. */
export function duration(ms: number): string {
  const steps: [number, string][] = [[DAY, "d"], [HOUR, "h"], [MINUTE, "min"], [SECOND, "s"]];
  const t = Math.max(0, Math.round(ms / SECOND) * SECOND);
  const first = steps.findIndex(([size]) => t >= size);
  if (first < 0) {
    return "0 s";
  }
  let rest = t;
  return steps
    .slice(first, first + 2)
    .map(([size, name]) => {
      const n = Math.floor(rest / size);
      rest -= n * size;
      return n > 0 ? `${n} ${name}` : "";
    })
    .filter((part) => part !== "")
    .join(" ");
}
