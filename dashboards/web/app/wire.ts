/** The JSON of `/api/v1` (described at `/q/openapi`) and the frames of `/api/v1/live`. */

export type Quality = "good" | "uncertain" | "bad";
export type ValueType = "number" | "integer" | "boolean" | "text";

/** One series with its last value by event time. */
export interface SeriesState {
  id: string;
  site: string;
  agent: string;
  device: string;
  metric: string;
  unit: string;
  type: ValueType;
  value: number | boolean | string | null;
  quality: Quality;
  ts: string;
}

export interface DevicesPage {
  as_of: string;
  total: number;
  devices: SeriesState[];
  next: string | null;
}

/** Event time in milliseconds since 1970, and the value; a null value ends the line. */
export type Point = [number, number | null];

export interface Hole {
  from: string;
  to: string;
  /** Why nothing came, if an agent declared it. */
  reason: string | null;
}

export interface Curve {
  id: string;
  unit: string;
  type: ValueType | null;
  count: number;
  decimated: boolean;
  /** Two points further apart than this have a hole between them. */
  hole_after_ms: number | null;
  points: [number, number][];
  holes: Hole[];
}

export interface CurvesPage {
  from: string;
  to: string;
  series: Curve[];
}

export type Severity = "critical" | "major" | "minor" | "warning";

/** A rule on a series, and how grave it is. */
export interface Subject {
  rule: string;
  site: string;
  agent: string;
  device: string;
  metric: string;
  severity: Severity;
}

export interface OpenAlert extends Subject {
  id: string;
  since: string;
  value: number | null;
  detail: string;
  retroactive: boolean;
  acknowledged: Done | null;
  shelved: Done | null;
}

/** What is bad and not raised: not yet, or for a reason. */
export interface PendingAlert extends Subject {
  since: string;
  value: number | null;
  detail: string;
  reason: "waiting" | "inhibited" | "maintenance" | "limit";
  inhibited_by: string | null;
  /** When it is raised at the earliest; null if that does not depend on time. */
  due: string | null;
}

export type TransitionKind = "raised" | "confirmed" | "escalated" | "flapping" | "acknowledged" | "shelved" | "unshelved" | "cleared";

export interface Transition extends Subject {
  ts: string;
  id: string;
  transition: TransitionKind;
  value: number | null;
  threshold: number | null;
  detail: string;
  retroactive: boolean;
  who: string | null;
  why: string | null;
  until: string | null;
}

export interface AlertsPage {
  open: OpenAlert[];
  pending: PendingAlert[];
  pending_total: number;
  history: Transition[];
}

export type Change = "same" | "new" | "gone" | "earlier" | "later";

/** What a draft of rules would have done. */
export interface BacktestReport {
  from: string;
  to: string;
  warm_up: string;
  entries: number;
  events: number;
  rules: BacktestRule[];
  alerts: BacktestAlert[];
  alerts_left_out: number;
  incomplete: boolean;
  changes: Record<Change, number>;
}

export interface BacktestRule {
  rule: string;
  severity: Severity;
  alerts: number;
  retroactive: number;
  per_day: number;
  in_alarm_seconds: number;
}

export interface BacktestAlert extends Subject {
  /** By the draft; null if the alert is gone. */
  raised: string | null;
  cleared: string | null;
  value: number | null;
  threshold: number | null;
  detail: string;
  retroactive: boolean;
  change: Change;
  /** In truth; null if the alert is new. */
  fired_at: string | null;
  fired_cleared_at: string | null;
}

export interface BacktestProgress {
  state: "none" | "running";
  entries: number;
  total: number;
}

/** A mistake in a file that was sent. */
export interface Place {
  line: number;
  column: number;
  detail: string;
}

/** Who did something about an alert. */
export interface Done {
  who: string;
  why: string;
  at: string;
  until: string | null;
}

export interface Totals {
  produced: number;
  stored: number;
  dead_lettered: number;
  gaps: number;
  waiting: number;
  missing: number;
  retired: number;
}

export interface AgentState {
  site: string;
  agent: string;
  online: boolean;
  backlog: number;
  drain_per_second: number | null;
  eta_seconds: number | null;
}

/** What the strip shows. */
export interface Pipeline {
  as_of: string;
  mqtt: string;
  events_per_second: number;
  receipt_delay_ms: { p50: number; p99: number } | null;
  position: number;
  head: number;
  /** Age of the last log entry that windows and alerts know. */
  lag_seconds: number;
  rebuild: Rebuild | null;
  /** Mistakes for which rules.yaml, as it is now, is not followed. */
  rules_refused: string[];
  series: number;
  agents_total: number;
  agents: AgentState[];
  ledger: Totals;
  plain: PlainTotals;
}

/** What is derived from the log anew, and how far that has come. */
export interface Rebuild {
  what: "events" | "ledger" | "windows";
  position: number;
  until: number;
  events_per_second: number;
  eta_seconds: number | null;
}

export interface PlainTotals {
  stored: number;
  collapsed: number;
  broker_dropped: number;
  dead_lettered: number;
}

export interface LaneLedger {
  site: string;
  agent: string;
  lane: string;
  epoch: string;
  produced: number;
  stored: number;
  dead_lettered: number;
  dropped: Record<string, number>;
  waiting: number;
  missing: number;
  retired: number;
}

export interface Ledger {
  as_of: string;
  lanes: LaneLedger[];
  lanes_total: number;
  plain: PlainTotals;
}

export interface DeadLetter {
  ts: string;
  site: string;
  agent: string;
  topic: string;
  reason: string;
  detail: string;
  payload: string;
  payload_bytes: number;
}

export interface DeadLettersPage {
  dead_letters: DeadLetter[];
  next: string | null;
}

/** What the server pushes. Unknown types are ignored, so that a newer server can say more. */
export type Frame =
  | { v: 1; type: "hello"; now: string; points_max: number; values_max: number }
  | { v: 1; type: "points"; id: string; points: [number, number][] }
  | { v: 1; type: "values"; values: SeriesState[] }
  | { v: 1; type: "alerts"; open: OpenAlert[]; open_total: number }
  | { v: 1; type: "pending"; pending: PendingAlert[]; pending_total: number }
  | ({ v: 1; type: "pipeline" } & Pipeline)
  | { v: 1; type: "refetch"; ids: string[] }
  | { v: 1; type: "error"; detail: string };

/** What the page wants pushed; each one replaces the one before. */
export interface Watch {
  v: 1;
  type: "watch";
  points: string[];
  values: string[];
}
