import { html } from "lit";
import { span } from "./format.js";
import { half, logo, moon, sun } from "./icons.js";
import type { Topic } from "./model.js";
import { Part } from "./part.js";
import { choose, chosen, type Theme } from "./theme.js";
import { write, type PageName } from "./view.js";

const PAGES: readonly [PageName, string][] = [["live", "Live"], ["backtest", "Backtest"], ["ledger", "Ledger"]];
const NEXT: Record<Theme, Theme> = { auto: "light", light: "dark", dark: "auto" };
const ICON = { auto: half, light: sun, dark: moon };
const LABEL = { auto: "as the system", light: "light", dark: "dark" };

/** Who we are, whether what is shown is live, and light or dark. */
class Header extends Part {
  protected override topics(): Topic[] {
    return ["view", "connection", "clock"];
  }

  protected override render() {
    const { view } = this.model;
    const theme = chosen();
    return html`<header class="top">
      <a class="brand" href=${write({ ...view, page: "live" })}>${logo}<h1>Millrace</h1></a>
      <nav aria-label="Pages">
        ${PAGES.map(
          ([page, label]) => html`<a href=${write({ ...view, page })} aria-current=${view.page === page ? "page" : "false"}>${label}</a>`,
        )}
      </nav>
      ${this.#connection()}
      <button class="quiet" title="Theme: ${LABEL[theme]}" aria-label="Theme: ${LABEL[theme]}; change" @click=${() => this.#theme(NEXT[theme])}>
        ${ICON[theme]}
      </button>
    </header>`;
  }

  #connection() {
    const { live } = this.model;
    switch (live.state.kind) {
      case "live":
        return html`<p class="connection live" role="status"><i></i>live</p>`;
      case "connecting":
        return html`<p class="connection" role="status"><i></i>connecting</p>`;
      case "lost": {
        const silent = span(Date.now() - live.state.since);
        return html`<p class="connection lost" role="status">
          <i></i><span>reconnecting<span aria-hidden="true">, last data ${silent} ago</span></span>
        </p>`;
      }
    }
  }

  #theme(theme: Theme): void {
    choose(theme);
    this.requestUpdate();
  }
}

customElements.define("mr-header", Header);
