import { html, nothing } from "lit";
import * as api from "./api.js";
import { isSame, watched, watchedOf, type Watched } from "./backtest.js";
import type { Band, Chart, Drawn } from "./chart.js";
import { CurveData } from "./curves.js";
import { nameOf } from "./format.js";
import type { Topic } from "./model.js";
import { colour } from "./palette.js";
import { Part } from "./part.js";
import { isDark, onTheme } from "./theme.js";
import type { BacktestReport } from "./wire.js";

const POINTS_MAX = 1200;
const LOAD_AGAIN_MS = 3000;

/** One series, and beneath it when a rule would have been in alarm on it, beside when it was. */
class BacktestChart extends Part {
  #chart: Chart | null = null;
  #loading = false;
  #curve: CurveData | null = null;
  #curveOf = "";
  #failure = "";
  #forgetTheme = () => {};

  protected override topics(): Topic[] {
    return ["backtest"];
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
  }

  protected override render() {
    const shown = this.#shown();
    if (!shown) {
      return nothing;
    }
    const { report, chosen } = shown;
    const all = watched(report);
    return html`<div class="toolbar">
        <label class="chooser">In the chart
          <select @change=${(e: Event) => this.#choose(all[(e.target as HTMLSelectElement).selectedIndex])}>
            ${all.map((w) => html`<option ?selected=${isSame(w, chosen)}>${w.rule}: ${nameOf(w.series)}</option>`)}
          </select>
        </label>
        <span class="legend"><i class="filled"></i> by the draft</span>
        <span class="legend"><i></i> in truth</span>
      </div>
      ${this.#failure ? html`<p class="problem" role="alert">${this.#failure}</p>` : nothing}
      <div class="plot"><div class="canvas" role="img" aria-label="${nameOf(chosen.series)} with the alerts of ${chosen.rule}. The table below has their times."></div></div>`;
  }

  protected override updated(): void {
    void this.#draw();
  }

  #shown(): { report: BacktestReport; chosen: Watched } | null {
    const { state, chosen } = this.model.backtest;
    return state.kind === "done" && chosen ? { report: state.report, chosen } : null;
  }

  #choose(chosen: Watched | undefined): void {
    if (chosen) {
      this.model.backtest.choose(chosen);
    }
  }

  async #draw(): Promise<void> {
    const shown = this.#shown();
    const element = this.querySelector<HTMLElement>(".canvas");
    if (!shown || !element || this.#loading) {
      return;
    }
    const { report, chosen } = shown;
    const key = `${report.from} ${report.to} ${chosen.series}`;
    if (this.#curveOf !== key) {
      this.#loading = true;
      await this.#load(element, report, chosen, key);
      this.#loading = false;
      this.requestUpdate(); // what was chosen meanwhile is drawn then
      return;
    }
    if (!this.#chart) {
      return;
    }
    const [from, to] = [Date.parse(report.from), Date.parse(report.to)];
    const token = (name: string) => getComputedStyle(element).getPropertyValue(name).trim();
    const alerts = report.alerts.filter((a) => isSame(watchedOf(a), chosen));
    const band = (raised: string | null, cleared: string | null): Band[] =>
      raised === null ? [] : [[Date.parse(raised), cleared === null ? to : Date.parse(cleared)]];
    this.#chart.draw(this.#series(chosen), from, to, [
      { name: "draft", colour: token("--bad"), filled: true, bands: alerts.flatMap((a) => band(a.raised, a.cleared)) },
      { name: "truth", colour: token("--muted"), filled: false, bands: alerts.flatMap((a) => band(a.fired_at, a.fired_cleared_at)) },
    ]);
  }

  async #load(element: HTMLElement, report: BacktestReport, chosen: Watched, key: string): Promise<void> {
    this.#failure = "";
    this.#curveOf = key;
    this.#curve = null;
    try {
      const [code, page] = await Promise.all([
        import("./chart.js"),
        api.curves([chosen.series], Date.parse(report.from), Date.parse(report.to), POINTS_MAX),
      ]);
      if (!this.isConnected) {
        return;
      }
      if (!this.#chart) {
        this.#chart = new code.Chart(element);
        element.addEventListener("resized", () => this.requestUpdate());
      }
      const curve = page.series[0];
      if (curve && curve.points.length > 0) {
        this.#curve = new CurveData();
        this.#curve.load(curve, false);
      } else {
        this.#failure = chosen.series.includes("*")
          ? "A group of series has no curve of its own; the bars show when it was in alarm."
          : "No readings of this series are stored in this time; the bars show when it was in alarm.";
      }
    } catch (e) {
      this.#failure = e instanceof api.ApiError ? e.message : "The gateway does not answer; the chart is tried again.";
      setTimeout(() => {
        this.#curveOf = "";
        this.requestUpdate();
      }, LOAD_AGAIN_MS);
    }
  }

  #series(chosen: Watched): Drawn[] {
    const curve = this.#curve;
    return curve
      ? [{
          id: chosen.series, name: nameOf(chosen.series), unit: curve.unit, colour: colour(0, isDark()), step: curve.type === "boolean",
          points: curve.points, holes: curve.holes, at: (time: number) => curve.at(time),
        }]
      : [];
  }
}

customElements.define("mr-backtest-chart", BacktestChart);
