import { html, nothing } from "lit";
import type { Chart, Drawn } from "./chart.js";
import { moment, nameOf, scaled } from "./format.js";
import { cross, left, right } from "./icons.js";
import type { Topic } from "./model.js";
import { colour, SERIES_MAX, slots } from "./palette.js";
import { Part } from "./part.js";
import { isDark, onTheme } from "./theme.js";
import { PRESETS, type Range } from "./view.js";

/** Redrawn at most this often: smooth enough for readings, easy on a phone. */
const DRAW_MS_MIN = 200;
const DRAG_PX_MIN = 8;
const LOAD_AGAIN_MS = 1000;

/** The curves of the chosen series, with what there is to choose about them. */
class ChartPanel extends Part {
  #chart: Chart | null = null;
  #loading = false;
  #drawnAt = 0;
  #timer = 0;
  #dragFrom: number | null = null;
  #forgetTheme = () => {};

  protected override topics(): Topic[] {
    return ["view", "curves", "devices", "clock"];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#forgetTheme = onTheme(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#forgetTheme();
    this.#chart?.dispose();
    this.#chart = null;
    clearTimeout(this.#timer);
  }

  protected override render() {
    const { range, series } = this.model.view;
    return html`<section aria-label="Chart">
      <div class="toolbar">
        <div class="presets" role="group" aria-label="Time range">
          ${PRESETS.map(
            ([minutes, label]) => html`<button
              aria-pressed=${range.kind === "last" && range.minutes === minutes ? "true" : "false"}
              @click=${() => this.model.show({ kind: "last", minutes })}
            >${label}</button>`,
          )}
        </div>
        <button class="quiet" title="Earlier" aria-label="Earlier" @click=${() => this.#shift(-0.5)}>${left}</button>
        <button class="quiet" title="Later" aria-label="Later" ?disabled=${range.kind === "last"} @click=${() => this.#shift(0.5)}>${right}</button>
        ${range.kind === "fixed" ? this.#fixed(range) : nothing}
      </div>
      <ul class="chips" aria-label="Series in the chart">${series.map((id) => this.#chip(id))}</ul>
      ${this.model.curvesError ? html`<p class="problem" role="alert">${this.model.curvesError}</p>` : nothing}
      <div class="plot" @pointerdown=${this.#dragStart} @pointermove=${this.#dragMove} @pointerup=${this.#dragEnd} @pointercancel=${this.#dragStop}>
        <div class="canvas" role="img" aria-label=${this.#spoken()}></div>
        <div class="drag" hidden></div>
        ${this.#empty()}
      </div>
    </section>`;
  }

  #fixed(range: Range & { kind: "fixed" }) {
    const now = this.model.now();
    return html`<span class="stretch num">${moment(range.from, now)} – ${moment(range.to, now)}</span>
      <button class="primary" @click=${() => this.model.show({ kind: "last", minutes: 5 })}>Back to live</button>`;
  }

  #chip(id: string) {
    const state = this.model.state(id);
    const unit = this.model.curves.get(id)?.unit ?? state?.unit ?? "";
    const value = typeof state?.value === "number" ? scaled(state.value, unit).join(" ") : "";
    const name = nameOf(id);
    return html`<li class="chip">
      <i class="swatch on slot-${slots(this.model.view.series).get(id) ?? 0}"></i>
      <span>${name}</span> <b class="num">${this.model.view.range.kind === "last" ? value : nothing}</b>
      <button aria-label="Take ${name} off the chart" title="Take off the chart" @click=${() => this.model.toggle(id)}>${cross}</button>
    </li>`;
  }

  #empty() {
    const { series, range } = this.model.view;
    if (series.length === 0) {
      const some = this.model.devicesTotal > 0;
      return html`<p class="empty over">${some ? `Choose up to ${SERIES_MAX} series from the list.` : "Curves appear here with the first readings."}</p>`;
    }
    const loaded = series.every((id) => this.model.curves.get(id)?.fetched);
    if (!loaded || series.some((id) => (this.model.curves.get(id)?.points.length ?? 0) > 0)) {
      return nothing;
    }
    const newest = Math.max(...series.map((id) => Date.parse(this.model.state(id)?.ts ?? "")).filter(Number.isFinite));
    const [from, to] = this.model.bounds();
    const elsewhere = Number.isFinite(newest) && (newest < from || newest >= to);
    const width = Math.min(to - from, 60 * 60_000);
    return html`<p class="empty over">
      No readings in this time.
      ${elsewhere
        ? html`<button class="primary" @click=${() => this.model.show({ kind: "fixed", from: newest - width, to: newest + 1000 })}>
            Show the latest, ${moment(newest, this.model.now())}
          </button>`
        : range.kind === "fixed" ? nothing : html`New ones appear by themselves.`}
    </p>`;
  }

  #spoken(): string {
    const names = this.model.view.series.map(nameOf).join(", ");
    return names === "" ? "Empty chart" : `Curves of ${names}. The list of devices has their last values.`;
  }

  /** Draws after Lit has, at most every {@link DRAW_MS_MIN}. */
  protected override updated(): void {
    if (this.#timer === 0) {
      const wait = Math.max(0, this.#drawnAt + DRAW_MS_MIN - Date.now());
      this.#timer = setTimeout(() => {
        this.#timer = 0;
        this.#drawnAt = Date.now();
        requestAnimationFrame(() => void this.#draw());
      }, wait);
    }
  }

  async #draw(): Promise<void> {
    const element = this.querySelector<HTMLElement>(".canvas");
    if (!element || !this.isConnected || this.#loading) {
      return;
    }
    if (!this.#chart) {
      const code = await this.#load();
      if (!code || !this.isConnected) {
        return;
      }
      this.#chart = new code.Chart(element);
      element.addEventListener("resized", () => this.requestUpdate());
    }
    const drawn = this.#series();
    const panels = new Set(drawn.map((d) => d.unit)).size;
    element.style.setProperty("--panels", String(Math.max(1, panels)));
    this.#chart.draw(drawn, ...this.model.bounds());
  }

  /** The chart's code; null if it could not be had just now, then the next drawing tries again. */
  async #load() {
    this.#loading = true;
    try {
      return await import("./chart.js");
    } catch (e) {
      console.info("chart not loaded, tried again", e);
      setTimeout(() => this.requestUpdate(), LOAD_AGAIN_MS);
      return null;
    } finally {
      this.#loading = false;
    }
  }

  #series(): Drawn[] {
    const chosen = slots(this.model.view.series);
    const dark = isDark();
    return [...chosen].flatMap(([id, slot]) => {
      const curve = this.model.curves.get(id);
      return curve
        ? [{
            id, name: nameOf(id), unit: curve.unit, colour: colour(slot, dark), step: curve.type === "boolean",
            points: curve.points, holes: curve.holes, at: (time: number) => curve.at(time),
          }]
        : [];
    });
  }

  #shift(share: number): void {
    const [from, to] = this.model.bounds();
    const by = (to - from) * share;
    this.model.show(to + by >= this.model.now() && share > 0
      ? { kind: "fixed", from: this.model.now() - (to - from), to: this.model.now() }
      : { kind: "fixed", from: from + by, to: to + by });
  }

  #dragStart(e: PointerEvent): void {
    if (e.pointerType !== "touch" && e.button === 0 && this.#chart && (e.target as HTMLElement).closest(".canvas")) {
      this.#dragFrom = e.offsetX;
    }
  }

  #dragMove(e: PointerEvent): void {
    const box = this.querySelector<HTMLElement>(".drag");
    if (this.#dragFrom === null || !box) {
      return;
    }
    const width = Math.abs(e.offsetX - this.#dragFrom);
    box.hidden = width < DRAG_PX_MIN;
    box.style.left = `${Math.min(e.offsetX, this.#dragFrom)}px`;
    box.style.width = `${width}px`;
  }

  #dragEnd(e: PointerEvent): void {
    const start = this.#dragFrom;
    this.#dragStop();
    if (start !== null && this.#chart && Math.abs(e.offsetX - start) >= DRAG_PX_MIN) {
      const [a, b] = [this.#chart.timeAt(start), this.#chart.timeAt(e.offsetX)];
      const from = Math.round(Math.min(a, b));
      this.model.show({ kind: "fixed", from, to: Math.max(from + 1000, Math.round(Math.max(a, b))) });
    }
  }

  #dragStop(): void {
    this.#dragFrom = null;
    this.querySelector<HTMLElement>(".drag")?.toggleAttribute("hidden", true);
  }
}

customElements.define("mr-chart", ChartPanel);
