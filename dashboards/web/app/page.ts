import { html } from "lit";
import { Part } from "./part.js";
import type { Topic } from "./model.js";
import "./page-header.js";
import "./pipeline-strip.js";
import "./chart-panel.js";
import "./alert-list.js";
import "./pending-list.js";
import "./alert-history.js";
import "./backtest-view.js";
import "./device-list.js";
import "./ledger-view.js";

/** The whole page: what is always there, and the view that the address names. */
class Page extends Part {
  protected override topics(): Topic[] {
    return ["view"];
  }

  protected override render() {
    return html`
      <mr-header></mr-header>
      <mr-strip></mr-strip>
      ${this.#view()}
    `;
  }

  #view() {
    switch (this.model.view.page) {
      case "ledger":
        return html`<main class="single"><mr-ledger></mr-ledger></main>`;
      case "backtest":
        return html`<main class="single"><mr-backtest></mr-backtest></main>`;
      case "live":
        return html`<main class="columns">
          <mr-chart class="card"></mr-chart>
          <div class="side">
            <div class="alarms card">
              <mr-alerts></mr-alerts>
              <mr-pending></mr-pending>
              <mr-history></mr-history>
            </div>
            <mr-devices class="card"></mr-devices>
          </div>
        </main>`;
    }
  }
}

customElements.define("mr-page", Page);
