import { html, nothing } from "lit";
import { count, moment, scaled, span } from "./format.js";
import { check, warn } from "./icons.js";
import type { Topic } from "./model.js";
import { Part } from "./part.js";
import type { OpenAlert } from "./wire.js";

const SHOWN_MAX = 50;

/** Alerts that are open now, the gravest first. */
class Alerts extends Part {
  protected override topics(): Topic[] {
    return ["alerts", "clock"];
  }

  protected override render() {
    const open = this.model.alerts;
    const total = this.model.alertsTotal;
    return html`<section aria-label="Open alerts">
      <h2 class="title">Open alerts ${total > 0 ? html`<span class="badge">${count(total)}</span>` : nothing}</h2>
      <p class="unseen" role="status">${total === 1 ? "1 open alert" : `${count(total)} open alerts`}</p>
      ${total === 0
        ? html`<p class="empty">${this.model.alertsLoaded ? html`${check} none` : "…"}</p>`
        : html`<ul class="alerts">${open.slice(0, SHOWN_MAX).map((a) => this.#alert(a))}</ul>`}
      ${total > SHOWN_MAX ? html`<p class="note">and ${count(total - SHOWN_MAX)} more</p>` : nothing}
    </section>`;
  }

  #alert(a: OpenAlert) {
    const since = Date.parse(a.since);
    const now = this.model.now();
    const id = `${a.site}/${a.agent}/${a.device}+${a.metric}`;
    const unit = this.model.state(id)?.unit ?? "";
    const [value, shownUnit] = a.value === null ? ["", ""] : scaled(a.value, unit);
    return html`<li class="alert ${a.severity}">
      <button @click=${() => this.#show(id)} title="Show ${a.device} ${a.metric} in the chart">
        <span class="severity">${warn} ${a.severity}</span>
        <span class="rule">${a.rule}</span>
        <span class="value num">${value} <small>${shownUnit}</small></span>
        <span class="where">${a.device} · ${a.metric}${a.detail ? html` · ${a.detail}` : nothing}</span>
        <time class="since num" datetime=${a.since} title=${moment(since, now)}>${span(now - since)}</time>
      </button>
    </li>`;
  }

  #show(id: string): void {
    if (!this.model.view.series.includes(id)) {
      this.model.toggle(id);
    }
  }
}

customElements.define("mr-alerts", Alerts);
