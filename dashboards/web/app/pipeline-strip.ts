import { html, nothing, svg } from "lit";
import { count, delay, figure, span } from "./format.js";
import { check, warn } from "./icons.js";
import type { Topic } from "./model.js";
import { Part } from "./part.js";
import { write } from "./view.js";
import type { AgentState, Pipeline } from "./wire.js";

const AGENTS_SHOWN = 3;

/** A moment behind is as it should be. */
const LAG_SECONDS_SHOWN = 3;

/** The pipeline's truth: how much comes in, how fast it is safe, who holds back, and whether anything is missing. */
class Strip extends Part {
  protected override topics(): Topic[] {
    return ["pipeline", "connection", "view"];
  }

  protected override render() {
    const p = this.model.pipeline;
    const stale = p !== null && this.model.live.state.kind === "lost";
    return html`<section class="strip ${stale ? "stale" : ""}" aria-label="Pipeline">
      <div class="stat rate">
        <h2>Events per second</h2>
        <p class="big">${p ? this.#rate(p.events_per_second) : "–"}</p>
        ${sparkline(this.model.rates)}
      </div>
      <div class="stat">
        <h2>Receipt delay</h2>
        <p class="big">${p?.receipt_delay_ms ? delay(p.receipt_delay_ms.p50) : "–"}</p>
        <p class="small">${p?.receipt_delay_ms ? html`p99 ${delay(p.receipt_delay_ms.p99)}` : p ? "nothing came in" : nothing}</p>
      </div>
      ${this.#backlog(p)} ${this.#ledger(p)} ${p ? this.#derived(p) : nothing}
    </section>`;
  }

  /** What keeps windows and alerts from saying all that is logged, by the rules as they are written; mostly nothing. */
  #derived(p: Pipeline) {
    const r = p.rebuild;
    const lags = p.lag_seconds >= LAG_SECONDS_SHOWN;
    if (!r && !lags && p.rules_refused.length === 0) {
      return nothing;
    }
    return html`<div class="stat derived" role="status">
      ${r
        ? html`<p>
            Deriving ${r.what} anew: <b>${Math.floor((100 * r.position) / Math.max(1, r.until))} %</b>,
            ${count(r.events_per_second)} events/s${r.eta_seconds === null ? nothing : html`, ${span(r.eta_seconds * 1000)} left`}
          </p>`
        : nothing}
      ${lags ? html`<p class="bad">${warn} Windows and alerts are <b>${span(p.lag_seconds * 1000)}</b> behind the log</p>` : nothing}
      ${p.rules_refused.length > 0
        ? html`<p class="bad" title=${p.rules_refused.join("\n")}>
            ${warn} rules.yaml is not followed: ${p.rules_refused[0]}${p.rules_refused.length > 1
              ? ` (and ${p.rules_refused.length - 1} more)`
              : nothing}
          </p>`
        : nothing}
    </div>`;
  }

  #rate(rate: number): string {
    return rate >= 10 ? count(rate) : figure(Math.round(rate * 10) / 10);
  }

  #backlog(p: Pipeline | null) {
    const total = p?.agents.reduce((sum, a) => sum + a.backlog, 0) ?? 0;
    const shown = p?.agents.slice(0, AGENTS_SHOWN) ?? [];
    const more = (p?.agents_total ?? 0) - shown.length;
    return html`<div class="stat backlog">
      <h2>Backlog at the edge</h2>
      <p class="big">${p ? count(total) : "–"}</p>
      <p class="small agents">
        ${p && p.agents_total === 0 ? "no agents yet" : nothing}${shown.map((a) => this.#agent(a))}${more > 0
          ? html`<span>and ${count(more)} more</span>`
          : nothing}
      </p>
    </div>`;
  }

  #agent(a: AgentState) {
    return html`<span class="agent ${a.online ? "on" : "off"}" title="${a.site} / ${a.agent}">
      <i></i>${a.agent} <b>${a.backlog > 0 || a.online ? count(a.backlog) : "offline"}</b>${a.eta_seconds === null || a.eta_seconds < 5
        ? nothing
        : html` <span class="eta">empty in ${span(a.eta_seconds * 1000)}</span>`}
    </span>`;
  }

  #ledger(p: Pipeline | null) {
    const l = p?.ledger;
    const ok = !l || l.missing === 0;
    const href = write({ ...this.model.view, page: "ledger" });
    return html`<a class="stat ledger ${ok ? "ok" : "bad"}" href=${href}>
      <h2>Ledger</h2>
      <p class="big">${l ? html`${ok ? check : warn} ${ok ? "nothing missing" : `${count(l.missing)} missing`}` : "–"}</p>
      <p class="small">
        ${l
          ? html`<span><b>${count(l.produced)}</b> produced</span> = <span><b>${count(l.stored)}</b> stored</span> +
              <span><b>${count(l.dead_lettered)}</b> dead-lettered</span> + <span><b>${count(l.gaps)}</b> in gaps</span> +
              ${l.retired > 0 ? html`<span><b>${count(l.retired)}</b> retired</span> + ` : nothing}<span
                ><b>${count(l.waiting)}</b> waiting</span
              >${p.plain.stored > 0
                ? html`; <span>and <b>${count(p.plain.stored)}</b> from plain devices</span>`
                : nothing}`
          : nothing}
      </p>
    </a>`;
  }
}

/** The last minute as a line; decoration, the figure beside it says it. */
function sparkline(values: number[]) {
  if (values.length < 2) {
    return nothing;
  }
  const top = Math.max(...values, 1e-9);
  const points = values.map((v, i) => `${(((i + 60 - values.length) * 100) / 59).toFixed(1)},${(23 - (v / top) * 21).toFixed(1)}`).join(" ");
  return html`<svg class="spark" viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">
    ${svg`<polyline points=${points} />`}
  </svg>`;
}

customElements.define("mr-strip", Strip);
