import { html, nothing } from "lit";
import * as api from "./api.js";
import { count, moment } from "./format.js";
import { check, warn } from "./icons.js";
import type { Topic } from "./model.js";
import { Part } from "./part.js";
import type { DeadLetter, LaneLedger, Ledger } from "./wire.js";

const REFRESH_MS = 2000;

/** Where every reading is: lane by lane, and what could not be used. */
class LedgerView extends Part {
  #ledger: Ledger | null = null;
  #dead: DeadLetter[] = [];
  #error: string | null = null;
  #timer = 0;

  protected override topics(): Topic[] {
    return [];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#load();
    this.#timer = setInterval(() => void this.#load(), REFRESH_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  async #load(): Promise<void> {
    try {
      const [ledger, dead] = await Promise.all([api.ledger(), api.deadLetters()]);
      this.#ledger = ledger;
      this.#dead = dead.dead_letters;
      this.#error = null;
    } catch (e) {
      this.#error = e instanceof api.ApiError ? e.message : "The gateway does not answer; trying again.";
    }
    this.requestUpdate();
  }

  protected override render() {
    const ledger = this.#ledger;
    return html`
      <section class="card ledger-page" aria-label="Ledger">
        <h2 class="title">Ledger</h2>
        <p class="lead">
          Every reading that an agent produced is stored, dead-lettered, declared lost with a reason, or still waiting at the
          edge. What is left over is missing. <code>./millrace audit</code> counts it again in the store.
        </p>
        ${this.#error ? html`<p class="problem" role="alert">${this.#error}</p>` : nothing}
        ${ledger ? this.#lanes(ledger) : nothing}
      </section>
      ${this.#dead.length > 0 ? this.#letters() : nothing}
    `;
  }

  #lanes(ledger: Ledger) {
    const { plain } = ledger;
    return html`
      ${ledger.lanes.length === 0 ? html`<p class="empty">No agent has reported yet.</p>` : this.#table(ledger)}
      <p class="note">
        Plain devices, which do not number their readings: <b class="num">${count(plain.stored)}</b> stored,
        <b class="num">${count(plain.collapsed)}</b> repeats collapsed, <b class="num">${count(plain.dead_lettered)}</b>
        dead-lettered, <b class="num">${count(plain.broker_dropped)}</b> dropped by the broker.
      </p>
    `;
  }

  #table(ledger: Ledger) {
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Ledger by lane">
      <table>
        <thead>
          <tr>
            <th>Agent</th><th>Lane</th><th>Epoch</th><th class="num">Produced</th><th class="num">Stored</th>
            <th class="num">Dead-lettered</th><th class="num">In gaps</th><th class="num">Retired</th><th class="num">Waiting</th>
            <th class="num">Missing</th>
          </tr>
        </thead>
        <tbody>${ledger.lanes.map((l) => this.#lane(l))}</tbody>
      </table>
      ${ledger.lanes_total > ledger.lanes.length
        ? html`<p class="note">The latest ${count(ledger.lanes.length)} of ${count(ledger.lanes_total)} epochs.</p>`
        : nothing}
    </div>`;
  }

  #lane(l: LaneLedger) {
    const reasons = Object.entries(l.dropped);
    return html`<tr class=${l.missing > 0 ? "bad" : ""}>
      <td data-label="Agent"><span><b>${l.agent}</b> <span class="muted">${l.site}</span></span></td>
      <td data-label="Lane">${l.lane}</td>
      <td data-label="Epoch" title=${l.epoch}>…${l.epoch.slice(-6)}</td>
      <td data-label="Produced" class="num">${count(l.produced)}</td>
      <td data-label="Stored" class="num">${count(l.stored)}</td>
      <td data-label="Dead-lettered" class="num">${count(l.dead_lettered)}</td>
      <td data-label="In gaps" class="num"><span>${reasons.length === 0 ? "0" : reasons.map(([why, n]) => html`<span class="reason">${count(n)} ${why.replaceAll("_", " ")}</span>`)}</span></td>
      <td data-label="Retired" class="num">${count(l.retired)}</td>
      <td data-label="Waiting" class="num">${count(l.waiting)}</td>
      <td data-label="Missing" class="num missing"><span>${l.missing === 0 ? check : warn} ${count(l.missing)}</span></td>
    </tr>`;
  }

  #letters() {
    const now = this.model.now();
    return html`<section class="card ledger-page" aria-label="Dead letters">
      <h2 class="title">Latest dead letters</h2>
      <div class="scroll" tabindex="0" role="region" aria-label="Latest dead letters">
        <table>
          <thead><tr><th>When</th><th>From</th><th>Reason</th><th>Detail</th><th class="num">Bytes</th></tr></thead>
          <tbody>
            ${this.#dead.map(
              (d) => html`<tr>
                <td data-label="When" class="num"><time datetime=${d.ts}>${moment(Date.parse(d.ts), now)}</time></td>
                <td data-label="From">${d.site && d.agent ? `${d.site} / ${d.agent}` : d.topic}</td>
                <td data-label="Reason"><b>${d.reason.replaceAll("_", " ")}</b></td>
                <td data-label="Detail" class="detail">${d.detail}</td>
                <td data-label="Bytes" class="num">${count(d.payload_bytes)}</td>
              </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </section>`;
  }
}

customElements.define("mr-ledger", LedgerView);
