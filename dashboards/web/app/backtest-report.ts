import { html, nothing } from "lit";
import { isSame, watchedOf } from "./backtest.js";
import "./backtest-chart.js";
import { count, duration, figure, moment, nameOf, seriesOf } from "./format.js";
import { check, warn } from "./icons.js";
import type { Topic } from "./model.js";
import { Part } from "./part.js";
import type { BacktestAlert, BacktestReport, BacktestRule, Change } from "./wire.js";

const SHOWN_MAX = 200;

const CHANGES: readonly [Change, string][] = [
  ["same", "raised at the same time as in truth"],
  ["new", "not raised in truth"],
  ["gone", "raised in truth, and not by the draft"],
  ["earlier", "raised before it was in truth"],
  ["later", "raised after it was in truth"],
];

/** What a draft would have done beside what was done: by rule, on the chart, and alert by alert. */
class Report extends Part {
  /** Only alerts that differ like this; all if it is empty. */
  #only: Change | "" = "";

  protected override topics(): Topic[] {
    return ["backtest"];
  }

  protected override render() {
    const { state } = this.model.backtest;
    if (state.kind !== "done") {
      return nothing;
    }
    const { report } = state;
    const now = this.model.now();
    const [from, to] = [Date.parse(report.from), Date.parse(report.to)];
    return html`<section class="card report" aria-label="Result">
      <h2 class="title">Result</h2>
      <p class="lead num">
        ${moment(from, now)} – ${moment(to, now)}: ${count(report.events)} readings in ${count(report.entries)} log entries, those
        for warming up from ${moment(Date.parse(report.warm_up), now)} on included.
      </p>
      ${report.incomplete
        ? html`<p class="problem" role="alert">${warn} <b>NOT COMPLETE</b>: more came together than a backtest keeps (50 000 series,
            300 000 windows, 100 000 pairs of rule and series, 20 000 open alerts), so alerts may be missing. Choose a shorter time, or
            rules that match less.</p>`
        : nothing}
      ${this.#rules(report)} ${this.#changes(report)}
      ${report.alerts.length > 0
        ? html`<mr-backtest-chart></mr-backtest-chart> ${this.#alerts(report, now)}`
        : html`<p class="empty">${check} These rules would have raised nothing in this time, and nothing was raised by rules of their names.</p>`}
    </section>`;
  }

  #rules(report: BacktestReport) {
    if (report.rules.length === 0) {
      return html`<p class="empty">There is no rule in the draft.</p>`;
    }
    return html`<div class="scroll" tabindex="0" role="region" aria-label="By rule">
      <table>
        <thead><tr>
          <th>Rule</th><th>Severity</th><th class="num">Alerts</th><th class="num">A day</th><th class="num">Retroactive</th>
          <th class="num">In alarm</th>
        </tr></thead>
        <tbody>${report.rules.map((r) => this.#rule(r))}</tbody>
      </table>
    </div>`;
  }

  #rule(r: BacktestRule) {
    return html`<tr>
      <td data-label="Rule"><b>${r.rule}</b></td>
      <td data-label="Severity"><span class="severity-text ${r.severity}">${r.severity}</span></td>
      <td data-label="Alerts" class="num">${count(r.alerts)}</td>
      <td data-label="A day" class="num">${figure(r.per_day)}</td>
      <td data-label="Retroactive" class="num">${count(r.retroactive)}</td>
      <td data-label="In alarm" class="num">${duration(r.in_alarm_seconds * 1000)}</td>
    </tr>`;
  }

  #changes(report: BacktestReport) {
    return html`<div class="changes" role="group" aria-label="Only alerts that are">
      ${CHANGES.map(([change, title]) => html`<button
        class="change ${change}" title=${title} ?disabled=${report.changes[change] === 0}
        aria-pressed=${this.#only === change ? "true" : "false"} @click=${() => this.#filter(change)}
      ><b class="num">${count(report.changes[change])}</b> ${change}</button>`)}
    </div>`;
  }

  #alerts(report: BacktestReport, now: number) {
    const matching = report.alerts.filter((a) => this.#only === "" || a.change === this.#only);
    const shown = matching.slice(0, SHOWN_MAX);
    const more = matching.length - shown.length + report.alerts_left_out;
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Alerts">
        <table>
          <thead><tr><th>Change</th><th>Rule</th><th>Series</th><th>Raised by the draft</th><th>Raised in truth</th><th>What</th></tr></thead>
          <tbody>${shown.map((a) => this.#alert(a, now))}</tbody>
        </table>
      </div>
      ${more > 0 ? html`<p class="note">and ${count(more)} more; <code>./millrace rules backtest</code> prints up to 10 000.</p>` : nothing}`;
  }

  #alert(a: BacktestAlert, now: number) {
    const { chosen } = this.model.backtest;
    const watched = watchedOf(a);
    const shown = chosen !== null && isSame(chosen, watched);
    return html`<tr class=${shown ? "chosen" : ""}>
      <td data-label="Change"><span class="change ${a.change}">${a.change}</span></td>
      <td data-label="Rule"><b>${a.rule}</b></td>
      <td data-label="Series"><button class="link" aria-pressed=${shown ? "true" : "false"} title="Show in the chart"
        @click=${() => this.model.backtest.choose(watched)}>${nameOf(seriesOf(a))}</button></td>
      <td data-label="Raised by the draft" class="num">${stretch(a.raised, a.cleared, now)}</td>
      <td data-label="Raised in truth" class="num">${stretch(a.fired_at, a.fired_cleared_at, now)}</td>
      <td data-label="What" class="detail"><span>${a.detail}${a.retroactive ? html` <span class="tag">retroactive</span>` : nothing}</span></td>
    </tr>`;
  }

  #filter(change: Change): void {
    this.#only = this.#only === change ? "" : change;
    this.requestUpdate();
  }
}

function stretch(raised: string | null, cleared: string | null, now: number) {
  if (raised === null) {
    return "–";
  }
  const from = Date.parse(raised);
  return html`<span><time datetime=${raised}>${moment(from, now)}</time>
    <span class="muted">${cleared === null ? "open" : `for ${duration(Date.parse(cleared) - from)}`}</span></span>`;
}

customElements.define("mr-backtest-report", Report);
