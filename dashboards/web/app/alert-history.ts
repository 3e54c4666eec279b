import { html, nothing } from "lit";
import * as api from "./api.js";
import { moment, seriesOf } from "./format.js";
import { VISIBLE_MS, type Topic } from "./model.js";
import { Part } from "./part.js";
import type { Transition } from "./wire.js";

const SHOWN_MAX = 50;

/** What was raised, cleared and done lately: of all series or of those in the chart. Fetched only while it is open. */
class History extends Part {
  #open = false;
  #all = true;
  #steps: Transition[] | null = null;
  #failure = "";
  #request = 0;
  #soon = 0;

  protected override topics(): Topic[] {
    return [];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.model.addEventListener("alerts", this.#changed);
    this.model.addEventListener("view", this.#viewed);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.model.removeEventListener("alerts", this.#changed);
    this.model.removeEventListener("view", this.#viewed);
    clearTimeout(this.#soon);
    this.#soon = 0;
  }

  protected override render() {
    return html`<details class="history" @toggle=${this.#toggled}>
      <summary>History</summary>
      <div class="presets" role="group" aria-label="History of">
        <button aria-pressed=${this.#all ? "true" : "false"} @click=${() => this.#of(true)}>All series</button>
        <button aria-pressed=${this.#all ? "false" : "true"} @click=${() => this.#of(false)}>Those in the chart</button>
      </div>
      ${this.#failure ? html`<p class="problem" role="alert">${this.#failure}</p>` : nothing}
      ${this.#list()}
    </details>`;
  }

  #list() {
    if (!this.#steps) {
      return nothing;
    }
    if (this.#steps.length === 0) {
      return html`<p class="empty">No alert was raised${this.#all ? "" : " on these series"} so far.</p>`;
    }
    return html`<ul>${this.#steps.map((t) => this.#step(t))}</ul>
      ${this.#steps.length === SHOWN_MAX ? html`<p class="note">The latest ${SHOWN_MAX}; the table alert_transitions has all.</p>` : nothing}`;
  }

  #step(t: Transition) {
    const now = this.model.now();
    const at = Date.parse(t.ts);
    const told = t.who === null ? t.detail : `${t.who}${t.why ? `: ${t.why}` : ""}`;
    return html`<li class="step ${t.transition} ${t.severity}">
      <time class="num" datetime=${t.ts}>${moment(at, now)}</time>
      <span class="what">
        <b class="kind">${t.transition}</b> <span class="rule">${t.rule}</span> <span class="muted">${t.severity}</span>
        ${t.retroactive ? html`<span class="tag" title="From backfill or a correction: nobody was told">retroactive</span>` : nothing}
      </span>
      <span class="where">
        <button @click=${() => this.model.put(seriesOf(t))} title="Show in the chart">${t.device} · ${t.metric}</button>
        · ${told}${t.until ? html`, until <span class="num">${moment(Date.parse(t.until), now)}</span>` : nothing}
      </span>
    </li>`;
  }

  #toggled = (e: Event): void => {
    this.#open = (e.target as HTMLDetailsElement).open;
    if (this.#open) {
      void this.#load();
    }
  };

  #of(all: boolean): void {
    this.#all = all;
    void this.#load();
  }

  /** Something was raised, cleared or done: it is in the table in a moment. */
  #changed = (): void => {
    if (this.#open && this.#soon === 0) {
      this.#soon = setTimeout(() => {
        this.#soon = 0;
        void this.#load();
      }, VISIBLE_MS);
    }
  };

  #viewed = (): void => {
    if (this.#open && !this.#all) {
      void this.#load();
    }
  };

  async #load(): Promise<void> {
    const request = ++this.#request;
    const series = this.#all ? [] : this.model.view.series;
    try {
      const steps = !this.#all && series.length === 0 ? [] : (await api.alerts(SHOWN_MAX, series)).history;
      if (request !== this.#request) {
        return;
      }
      this.#steps = steps;
      this.#failure = "";
    } catch (e) {
      this.#failure = e instanceof api.ApiError ? e.message : "The gateway does not answer; trying again when it is back.";
    }
    this.requestUpdate();
  }
}

customElements.define("mr-history", History);
