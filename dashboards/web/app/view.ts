/** What is looked at: kept in the address, so that it can be shared. */
export interface View {
  page: PageName;
  series: string[];
  range: Range;
}

export type PageName = "live" | "backtest" | "ledger";

/** The last so many minutes, moving with the clock; or a fixed stretch (milliseconds since 1970). */
export type Range = { kind: "last"; minutes: number } | { kind: "fixed"; from: number; to: number };

export const PRESETS: readonly [minutes: number, label: string][] = [
  [5, "5m"],
  [15, "15m"],
  [60, "1h"],
  [360, "6h"],
  [1440, "24h"],
  [10080, "7d"],
];

const DEFAULT: Range = { kind: "last", minutes: 5 };
const SPAN_MS_MIN = 1000;

export function read(hash: string): View {
  const [path, query] = hash.replace(/^#\/?/, "").split("?", 2);
  const params = new URLSearchParams(query ?? "");
  return { page: path === "ledger" || path === "backtest" ? path : "live", series: params.getAll("series"), range: readRange(params) };
}

export function write(view: View): string {
  const params = new URLSearchParams();
  if (view.range.kind === "fixed") {
    params.set("from", new Date(view.range.from).toISOString());
    params.set("to", new Date(view.range.to).toISOString());
  } else {
    params.set("last", `${view.range.minutes}m`);
  }
  view.series.forEach((id) => params.append("series", id));
  return `#/${view.page === "live" ? "" : view.page}?${params.toString().replaceAll("%2F", "/").replaceAll("%3A", ":")}`;
}

function readRange(params: URLSearchParams): Range {
  const from = Date.parse(params.get("from") ?? "");
  const to = Date.parse(params.get("to") ?? "");
  if (to - from >= SPAN_MS_MIN) {
    return { kind: "fixed", from, to };
  }
  const minutes = Number.parseInt(params.get("last") ?? "", 10);
  return PRESETS.some(([known]) => known === minutes) ? { kind: "last", minutes } : DEFAULT;
}

export function bounds(range: Range, now: number): [from: number, to: number] {
  return range.kind === "fixed" ? [range.from, range.to] : [now - range.minutes * 60_000, now];
}
