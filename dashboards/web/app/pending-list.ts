import { html, nothing } from "lit";
import { count, moment, scaled, seriesOf, span } from "./format.js";
import type { Topic } from "./model.js";
import { Part } from "./part.js";
import type { PendingAlert } from "./wire.js";

const SHOWN_MAX = 8;

/** What is bad and not raised yet, or not raised for a reason. Quiet: nobody has to do anything about it. */
class Pending extends Part {
  protected override topics(): Topic[] {
    return ["pending", "clock"];
  }

  protected override render() {
    const { pending, pendingTotal } = this.model;
    if (pendingTotal === 0) {
      return nothing;
    }
    const shown = pending.slice(0, SHOWN_MAX);
    return html`<section class="pending" aria-label="About to be raised">
      <h3>About to be raised <span class="num">${count(pendingTotal)}</span></h3>
      <ul>${shown.map((p) => this.#pending(p))}</ul>
      ${pendingTotal > shown.length ? html`<p class="note">and ${count(pendingTotal - shown.length)} more</p>` : nothing}
    </section>`;
  }

  #pending(p: PendingAlert) {
    const now = this.model.now();
    const id = seriesOf(p);
    const [value, unit] = p.value === null ? ["", ""] : scaled(p.value, this.model.state(id)?.unit ?? "");
    return html`<li>
      <button @click=${() => this.model.put(id)} title="${p.detail}. Show ${p.device} ${p.metric} in the chart">
        <span class="rule">${p.rule}</span>
        <span class="value num">${value} <small>${unit}</small></span>
        <span class="where">${p.device} · ${p.metric}, ${this.#why(p, now)}</span>
      </button>
    </li>`;
  }

  #why(p: PendingAlert, now: number) {
    const due = p.due === null ? null : Date.parse(p.due);
    switch (p.reason) {
      case "waiting":
        return due !== null && due > now
          ? html`<span class="num">raised in ${span(due - now)}</span> unless it is good by then`
          : "raised with the next value that is bad";
      case "inhibited":
        return html`inhibited by <b>${p.inhibited_by}</b>`;
      case "maintenance":
        return html`in maintenance${due === null ? nothing : html` until <span class="num">${moment(due, now)}</span>`}`;
      case "limit":
        return "too many alerts are open";
    }
  }
}

customElements.define("mr-pending", Pending);
