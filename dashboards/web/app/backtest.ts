import * as api from "./api.js";
import { seriesOf } from "./format.js";
import type { BacktestAlert, BacktestProgress, BacktestReport, Place } from "./wire.js";

const PROGRESS_MS = 500;

/** How the last backtest of this page went. */
export type BacktestState =
  | { kind: "idle" }
  | { kind: "running"; progress: BacktestProgress | null; stopping: boolean }
  | { kind: "failed"; message: string; places: readonly Place[] }
  | { kind: "done"; report: BacktestReport };

/** A rule on a series: what a chart shows at a time. */
export interface Watched {
  rule: string;
  series: string;
}

/** A draft of rules and what came of trying it; outlives a look at other views. */
export class Backtest {
  text = "";
  loaded = false;
  loadFailure: string | null = null;
  state: BacktestState = { kind: "idle" };
  chosen: Watched | null = null;

  constructor(private readonly changed: () => void) {}

  edit(text: string): void {
    this.text = text;
    this.loaded = true;
  }

  /** Begins with the rules that are in force. */
  async load(): Promise<void> {
    try {
      this.edit(await api.rules());
      this.loadFailure = null;
    } catch (e) {
      this.loadFailure = e instanceof api.ApiError ? e.message : "The gateway does not answer; the rules in force are not loaded.";
    }
    this.changed();
  }

  async run(from: number, to: number): Promise<void> {
    if (this.state.kind === "running") {
      return;
    }
    this.state = { kind: "running", progress: null, stopping: false };
    this.changed();
    const asking = setInterval(() => void this.#progress(), PROGRESS_MS);
    try {
      const report = await api.backtest(this.text, from, to);
      this.state = { kind: "done", report };
      const known = watched(report);
      this.chosen = known.find((w) => this.chosen && isSame(w, this.chosen)) ?? known[0] ?? null;
    } catch (e) {
      this.state = e instanceof api.ApiError
        ? { kind: "failed", message: e.message, places: e.places }
        : { kind: "failed", message: "The gateway does not answer. Try again when the page says that it is live.", places: [] };
    } finally {
      clearInterval(asking);
    }
    this.changed();
  }

  async stop(): Promise<void> {
    if (this.state.kind === "running") {
      this.state = { ...this.state, stopping: true };
      this.changed();
      await api.stopBacktest().catch((e: unknown) => console.info("backtest not stopped, it ends by itself", e));
    }
  }

  choose(watched: Watched): void {
    this.chosen = watched;
    this.changed();
  }

  async #progress(): Promise<void> {
    try {
      const progress = await api.backtestProgress();
      if (this.state.kind === "running" && progress.state === "running") {
        this.state = { ...this.state, progress };
        this.changed();
      }
    } catch (e) {
      console.info("progress not known, asked again", e);
    }
  }
}

/** Each rule and series that has an alert, in the order of the report. */
export function watched(report: BacktestReport): Watched[] {
  const found = new Map<string, Watched>();
  for (const alert of report.alerts) {
    found.set(`${alert.rule}\n${seriesOf(alert)}`, watchedOf(alert));
  }
  return [...found.values()];
}

export function watchedOf(alert: BacktestAlert): Watched {
  return { rule: alert.rule, series: seriesOf(alert) };
}

export function isSame(a: Watched, b: Watched): boolean {
  return a.rule === b.rule && a.series === b.series;
}
