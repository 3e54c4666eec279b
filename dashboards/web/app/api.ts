import type {
  AlertsPage, BacktestProgress, BacktestReport, CurvesPage, DeadLettersPage, DevicesPage, Ledger, OpenAlert, Pipeline, Place,
} from "./wire.js";

/** The server refused or could not answer; the message is what it said. */
export class ApiError extends Error {
  constructor(
    message: string,
    /** Mistakes in a file that was sent, if that is why. */
    readonly places: readonly Place[] = [],
  ) {
    super(message);
  }
}

const TIMEOUT_MS = 20_000;

/** The server ends a backtest after four minutes. */
const BACKTEST_TIMEOUT_MS = 5 * 60_000;

type Query = Record<string, string | string[]>;

async function get<T>(path: string, query: Query = {}): Promise<T> {
  return (await (await call("GET", path, query)).json()) as T;
}

async function call(method: string, path: string, query: Query = {}, body?: string, timeoutMs = TIMEOUT_MS): Promise<Response> {
  const url = new URL(`/api/v1/${path}`, location.origin);
  for (const [name, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      url.searchParams.append(name, each);
    }
  }
  const response = await fetch(url, {
    method,
    headers: { Accept: "application/json, application/yaml" },
    signal: AbortSignal.timeout(timeoutMs),
    ...(body !== undefined && { body }),
  });
  if (!response.ok) {
    throw await reason(response);
  }
  return response;
}

async function reason(response: Response): Promise<ApiError> {
  try {
    const problem = (await response.json()) as { title?: string; detail?: string; places?: Place[] };
    return new ApiError(problem.detail ?? problem.title ?? `HTTP ${response.status}`, problem.places);
  } catch {
    return new ApiError(`HTTP ${response.status}`);
  }
}

export const devices = (search: string, limit: number) =>
  get<DevicesPage>("devices", { ...(search && { q: search }), limit: String(limit) });

export const curves = (ids: readonly string[], from: number, to: number, pointsMax: number) =>
  get<CurvesPage>("series", { series: [...ids], from: instant(from), to: instant(to), max_points: String(pointsMax) });

/** What is open and pending, and the latest transitions: of these series, or of all if there are none. */
export const alerts = (history: number, series: readonly string[] = []) =>
  get<AlertsPage>("alerts", { history: String(history), series: [...series] });

/** Has something done about an open alert: acknowledge, shelve (`for` is needed, such as 8h) or unshelve. */
export const order = async (id: string, action: string, query: { who: string; why: string; for?: string }) =>
  (await (await call("POST", `alerts/${id}/${action}`, query)).json()) as { alert: OpenAlert | null };

/** The text of the rules that are in force. */
export const rules = async () => (await call("GET", "rules")).text();

/** Tries rules on the past, beside what was raised in truth; takes up to minutes. */
export const backtest = async (rules: string, from: number, to: number) => {
  const query = { from: instant(from), to: instant(to), compare: "true" };
  return (await (await call("POST", "rules/backtest", query, rules, BACKTEST_TIMEOUT_MS)).json()) as BacktestReport;
};

export const backtestProgress = () => get<BacktestProgress>("rules/backtest");
export const stopBacktest = () => call("DELETE", "rules/backtest");

export const pipeline = () => get<Pipeline>("pipeline");
export const ledger = () => get<Ledger>("ledger");
export const deadLetters = () => get<DeadLettersPage>("dead-letters", { limit: "20" });

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
