import type { CurvesPage, DeadLettersPage, DevicesPage, Ledger, OpenAlert, Pipeline } from "./wire.js";

/** The server refused or could not answer; the message is what it said. */
export class ApiError extends Error {}

const TIMEOUT_MS = 20_000;

function get<T>(path: string, query: Record<string, string | string[]> = {}): Promise<T> {
  return call<T>("GET", path, query);
}

async function call<T>(method: string, path: string, query: Record<string, string | string[]>): Promise<T> {
  const url = new URL(`/api/v1/${path}`, location.origin);
  for (const [name, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      url.searchParams.append(name, each);
    }
  }
  const response = await fetch(url, {
    method,
    headers: { Accept: "application/json" },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) {
    throw new ApiError(await reason(response));
  }
  return (await response.json()) as T;
}

async function reason(response: Response): Promise<string> {
  try {
    const problem = (await response.json()) as { title?: string; detail?: string };
    return problem.detail ?? problem.title ?? `HTTP ${response.status}`;
  } catch {
    return `HTTP ${response.status}`;
  }
}

export const devices = (search: string, limit: number) =>
  get<DevicesPage>("devices", { ...(search && { q: search }), limit: String(limit) });

export const curves = (ids: readonly string[], from: number, to: number, pointsMax: number) =>
  get<CurvesPage>("series", { series: [...ids], from: instant(from), to: instant(to), max_points: String(pointsMax) });

export const alerts = () => get<{ open: OpenAlert[] }>("alerts", { history: "0" });

/** Has something done about an open alert: acknowledge, shelve (`for` is needed, such as 8h) or unshelve. */
export const order = (id: string, action: string, query: { who: string; why: string; for?: string }) =>
  call<{ alert: OpenAlert | null }>("POST", `alerts/${id}/${action}`, query);

export const pipeline = () => get<Pipeline>("pipeline");
export const ledger = () => get<Ledger>("ledger");
export const deadLetters = () => get<DeadLettersPage>("dead-letters", { limit: "20" });

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
