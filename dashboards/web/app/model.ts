import * as api from "./api.js";
import { Backtest } from "./backtest.js";
import { CurveData } from "./curves.js";
import { Live, type LiveState } from "./live.js";
import { seriesOf } from "./format.js";
import { SERIES_MAX } from "./palette.js";
import { interesting } from "./interesting.js";
import { bounds, read, write, type Range, type View } from "./view.js";
import type { Frame, OpenAlert, PendingAlert, Pipeline, SeriesState } from "./wire.js";

/** What changed; a component draws again only for its topics. */
export type Topic = "view" | "curves" | "devices" | "pipeline" | "alerts" | "pending" | "backtest" | "connection" | "clock";

/** More series than this are found by searching, not by scrolling. */
export const LISTED_MAX = 200;

const POINTS_MAX = 1200;

/** A curve with more points than this is fetched again, decimated. */
const CURVE_POINTS_MAX = 4 * POINTS_MAX;
const RELOAD_MS_MIN = 5_000;

/** After this long what was received is in the store, as a rule. */
export const VISIBLE_MS = 2_000;

/** Readings of a device whose clock is a little ahead are shown too. */
const CLOCK_SLACK_MS = 60_000;

/** The state of the page and everything that changes it. One per page; components read it and listen. */
export class Model extends EventTarget {
  view: View = read(location.hash);
  devices = new Map<string, SeriesState>();
  devicesTotal = 0;
  devicesLoaded = false;
  search = "";
  curves = new Map<string, CurveData>();
  curvesError: string | null = null;
  pipeline: Pipeline | null = null;
  /** Events per second of the last minute, oldest first. */
  rates: number[] = [];
  alerts: OpenAlert[] = [];
  alertsTotal = 0;
  alertsLoaded = false;
  pending: PendingAlert[] = [];
  pendingTotal = 0;
  readonly backtest = new Backtest(() => this.tell("backtest"));

  readonly live = new Live(
    (frame) => this.#frame(frame),
    (state) => this.#connection(state),
  );

  /** What the server's clock is ahead of this browser's, in milliseconds. */
  #clockAhead = 0;
  #loadedAt = 0;
  #soon = 0;
  #curvesRequest = 0;
  #devicesRequest = 0;
  #choosing = false;
  #wanted = new Map<string, SeriesState>();

  start(): void {
    addEventListener("hashchange", () => {
      this.view = read(location.hash);
      this.#viewChanged();
      void this.#chooseFirst();
    });
    setInterval(() => this.tell("clock"), 1000);
    this.live.start();
  }

  now(): number {
    return Date.now() + this.#clockAhead;
  }

  tell(topic: Topic): void {
    this.dispatchEvent(new Event(topic));
  }

  bounds(): [from: number, to: number] {
    return bounds(this.view.range, this.now());
  }

  /** The series, whether or not it is listed at the moment. */
  state(id: string): SeriesState | undefined {
    return this.devices.get(id) ?? this.#wanted.get(id);
  }

  go(change: Partial<View>): void {
    this.view = { ...this.view, ...change };
    history.replaceState(null, "", write(this.view));
    this.#viewChanged();
  }

  toggle(id: string): void {
    const chosen = this.view.series;
    const series = chosen.includes(id) ? chosen.filter((s) => s !== id) : [...chosen, id].slice(-SERIES_MAX);
    const seen = this.devices.get(id);
    if (seen) {
      this.#wanted.set(id, seen);
    }
    this.go({ series });
  }

  /** Puts a series on the chart if it is not there. */
  put(id: string): void {
    if (!this.view.series.includes(id)) {
      this.toggle(id);
    }
  }

  show(range: Range): void {
    this.go({ range });
  }

  async find(search: string): Promise<void> {
    this.search = search;
    await this.loadDevices();
  }

  async loadDevices(): Promise<void> {
    const request = ++this.#devicesRequest;
    try {
      const page = await api.devices(this.search, LISTED_MAX);
      if (request !== this.#devicesRequest) {
        return;
      }
      this.devices = new Map(page.devices.map((d) => [d.id, d]));
      this.devicesTotal = page.total;
      this.devicesLoaded = true;
      this.#watch();
      this.tell("devices");
      await this.#chooseFirst();
    } catch (e) {
      console.info("devices not loaded, the next reconnect tries again", e);
    }
  }

  async loadCurves(): Promise<void> {
    const request = ++this.#curvesRequest;
    const ids = this.view.series.slice(0, SERIES_MAX);
    if (ids.length === 0) {
      return;
    }
    const moving = this.view.range.kind === "last";
    const [from, to] = this.bounds();
    this.#loadedAt = Date.now();
    try {
      const page = await api.curves(ids, from, moving ? to + CLOCK_SLACK_MS : to, POINTS_MAX);
      if (request !== this.#curvesRequest) {
        return;
      }
      page.series.forEach((curve) => this.#curve(curve.id).load(curve, moving));
      this.curvesError = null;
    } catch (e) {
      this.curvesError = e instanceof api.ApiError ? e.message : null;
    }
    this.tell("curves");
  }

  async #loadAlerts(): Promise<void> {
    try {
      const page = await api.alerts(0);
      this.alerts = page.open;
      this.alertsTotal = this.alerts.length;
      this.alertsLoaded = true;
      this.pending = page.pending;
      this.pendingTotal = page.pending_total;
      this.tell("alerts");
      this.tell("pending");
    } catch (e) {
      console.info("alerts not loaded, the next reconnect tries again", e);
    }
  }

  /** With nothing chosen by the address, shows what is in alarm or moves; other views than the live one keep their time. */
  async #chooseFirst(): Promise<void> {
    if (this.view.page !== "live" || this.view.series.length > 0 || this.devices.size === 0 || this.#choosing) {
      return;
    }
    this.#choosing = true;
    try {
      if (!this.alertsLoaded) {
        await this.#loadAlerts();
      }
      const alarming = new Set(this.alerts.map(seriesOf));
      const choice = await interesting([...this.devices.values()], alarming, this.now());
      if (this.view.page === "live" && this.view.series.length === 0 && choice.series.length > 0) {
        this.go(choice);
      }
    } finally {
      this.#choosing = false;
    }
  }

  #viewChanged(): void {
    const chosen = new Set(this.view.series);
    this.curves = new Map([...this.curves].filter(([id]) => chosen.has(id)));
    this.#watch();
    this.tell("view");
    void this.loadCurves();
    this.#loadSoon();
  }

  /**
   * Fetches again when what is now on its way into the store can be read: points that came after the first fetch read
   * and before the stream was told to push them. Also holds back a server that asks for it again and again.
   */
  #loadSoon(): void {
    if (this.#soon === 0) {
      this.#soon = setTimeout(() => {
        this.#soon = 0;
        void this.loadCurves();
      }, VISIBLE_MS);
    }
  }

  #watch(): void {
    const points = this.view.range.kind === "last" ? this.view.series.slice(0, SERIES_MAX) : [];
    const values = new Set([...this.devices.keys(), ...this.view.series]);
    this.live.watch(points, [...values]);
  }

  #curve(id: string): CurveData {
    let curve = this.curves.get(id);
    if (!curve) {
      curve = new CurveData();
      this.curves.set(id, curve);
    }
    return curve;
  }

  #connection(state: LiveState): void {
    this.tell("connection");
    if (state.kind === "live") {
      void this.loadDevices();
      void this.loadCurves();
      this.#loadSoon();
      void this.#loadAlerts();
    }
  }

  #frame(frame: Frame): void {
    switch (frame.type) {
      case "hello":
        this.#clockAhead = Date.parse(frame.now) - Date.now();
        break;
      case "points":
        this.#points(frame.id, frame.points);
        break;
      case "values":
        this.#values(frame.values);
        break;
      case "alerts":
        this.alerts = frame.open;
        this.alertsTotal = frame.open_total;
        this.alertsLoaded = true;
        this.tell("alerts");
        break;
      case "pending":
        this.pending = frame.pending;
        this.pendingTotal = frame.pending_total;
        this.tell("pending");
        break;
      case "pipeline":
        this.#pipeline(frame);
        break;
      case "refetch":
        this.#loadSoon();
        break;
      case "error":
        console.info("live:", frame.detail);
        break;
    }
  }

  #points(id: string, points: [number, number][]): void {
    if (this.view.range.kind !== "last" || !this.view.series.includes(id)) {
      return;
    }
    const curve = this.#curve(id);
    curve.add(points);
    curve.trim(this.bounds()[0]);
    if (curve.points.length > CURVE_POINTS_MAX && Date.now() - this.#loadedAt > RELOAD_MS_MIN) {
      void this.loadCurves();
    }
    this.tell("curves");
  }

  #values(values: SeriesState[]): void {
    for (const value of values) {
      if (this.devices.has(value.id)) {
        this.devices.set(value.id, value);
      } else {
        this.#wanted.set(value.id, value);
      }
    }
    this.tell("devices");
  }

  #pipeline(pipeline: Pipeline): void {
    const before = this.pipeline?.series ?? this.devicesTotal;
    this.pipeline = pipeline;
    this.rates = [...this.rates, pipeline.events_per_second].slice(-60);
    this.tell("pipeline");
    if (pipeline.series !== before || (pipeline.series > 0 && !this.devicesLoaded)) {
      void this.loadDevices();
    }
  }
}

export const model = new Model();
