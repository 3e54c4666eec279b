import { html, nothing } from "lit";
import type { BacktestState } from "./backtest.js";
import "./backtest-report.js";
import { count } from "./format.js";
import { cross, warn } from "./icons.js";
import type { Topic } from "./model.js";
import { Part } from "./part.js";
import { PRESETS } from "./view.js";
import type { Place } from "./wire.js";

const FILE_BYTES_MAX = 1024 * 1024;

/** Tries a draft of rules on what is stored, before it is switched on. */
class BacktestView extends Part {
  #fileFailure = "";

  protected override topics(): Topic[] {
    return ["backtest", "view"];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (!this.model.backtest.loaded) {
      void this.model.backtest.load();
    }
  }

  protected override render() {
    const { backtest } = this.model;
    return html`
      <section class="card draft" aria-label="Backtest">
        <h2 class="title">Backtest</h2>
        <p class="lead">
          When would these rules have raised alerts, and how does that differ from what was raised? A draft runs over what is
          stored, in an engine of its own: it changes nothing and tells nobody.
        </p>
        <form @submit=${this.#run}>
          <div class="toolbar">
            <label for="draft">Rules</label>
            <button type="button" class="outlined" @click=${() => void backtest.load()}>Rules in force</button>
            <label class="outlined file">Open a file<input type="file" accept=".yaml,.yml,text/*" @change=${this.#file} /></label>
          </div>
          <textarea id="draft" spellcheck="false" autocapitalize="off" autocomplete="off" wrap="off" rows="14"
            aria-describedby="mistakes" aria-invalid=${this.#places().length > 0 ? "true" : "false"}
            .value=${backtest.text} @input=${(e: InputEvent) => backtest.edit((e.target as HTMLTextAreaElement).value)}
            @keydown=${this.#key}></textarea>
          ${[backtest.loadFailure, this.#fileFailure].map((m) => (m ? html`<p class="problem" role="alert">${m}</p>` : nothing))}
          ${this.#range()} ${this.#state(backtest.state)}
        </form>
      </section>
      <mr-backtest-report></mr-backtest-report>
    `;
  }

  #range() {
    const { range } = this.model.view;
    const [from, to] = this.model.bounds();
    const running = this.model.backtest.state.kind === "running";
    return html`<div class="toolbar">
      <div class="presets" role="group" aria-label="Time range">
        ${PRESETS.map(
          ([minutes, label]) => html`<button type="button"
            aria-pressed=${range.kind === "last" && range.minutes === minutes ? "true" : "false"}
            @click=${() => this.model.show({ kind: "last", minutes })}
          >${label}</button>`,
        )}
      </div>
      <label>From <input type="datetime-local" step="1" name="from" required .value=${local(from)} @change=${this.#fixed} /></label>
      <label>To <input type="datetime-local" step="1" name="to" required .value=${local(to)} @change=${this.#fixed} /></label>
      ${running
        ? html`<button type="button" class="outlined go" ?disabled=${this.#isStopping()} @click=${() => void this.model.backtest.stop()}>${cross} Stop</button>`
        : html`<button class="primary go" title="Ctrl+Enter in the rules does it too">Run</button>`}
    </div>`;
  }

  #isStopping(): boolean {
    const { state } = this.model.backtest;
    return state.kind === "running" && state.stopping;
  }

  /** How it goes, and why not; the live region is always there, so that a change of it is told. */
  #state(state: BacktestState) {
    const p = state.kind === "running" ? state.progress : null;
    const done = p && p.total > 0;
    return html`<div class="state" role="status">
        ${state.kind === "running"
          ? html`<progress aria-label="Log entries done" max=${p?.total || 1} .value=${done ? p.entries : 0} ?hidden=${!done}></progress>
              <span class="num">${state.stopping
                ? "stopping"
                : done ? `${count(p.entries)} of ${count(p.total)} log entries` : "looking for the log entries of this time"}</span>`
          : state.kind === "done" ? html`<span class="unseen">done, ${count(state.report.alerts.length)} alerts below</span>` : nothing}
      </div>
      <div id="mistakes">${state.kind === "failed" ? this.#failure(state.message, state.places) : nothing}</div>`;
  }

  #failure(message: string, places: readonly Place[]) {
    if (places.length === 0) {
      return html`<p class="problem" role="alert">${warn} ${message}</p>`;
    }
    return html`<p class="problem" role="alert">${warn} ${places.length === 1 ? "A mistake" : `${count(places.length)} mistakes`} in the rules; nothing was tried.</p>
      <ol class="mistakes">
        ${places.map((p) => html`<li><button type="button" @click=${() => this.#goTo(p)}>
          <span class="num">line ${p.line}, column ${p.column}</span> ${p.detail}
        </button></li>`)}
      </ol>`;
  }

  #places(): readonly Place[] {
    const { state } = this.model.backtest;
    return state.kind === "failed" ? state.places : [];
  }

  /** Puts the cursor where the mistake is; its line is selected to be seen. */
  #goTo(place: Place): void {
    const area = this.querySelector("textarea");
    if (!area) {
      return;
    }
    const lines = area.value.split("\n");
    const begin = lines.slice(0, place.line - 1).reduce((sum, line) => sum + line.length + 1, 0);
    const line = lines[place.line - 1] ?? "";
    const at = begin + [...line].slice(0, place.column - 1).join("").length;
    area.focus();
    area.setSelectionRange(at, Math.max(at, begin + line.length));
    const lineHeight = Number.parseFloat(getComputedStyle(area).lineHeight) || 18;
    area.scrollTop = Math.max(0, (place.line - 5) * lineHeight);
  }

  #run = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    await this.model.backtest.run(...this.model.bounds());
    await this.updateComplete;
    if (this.model.backtest.state.kind === "done") {
      this.querySelector("mr-backtest-report")?.scrollIntoView({ block: "start" });
    }
  };

  #key = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.querySelector("form")?.requestSubmit();
    }
  };

  #fixed = (): void => {
    const [from, to] = ["from", "to"].map((name) => Date.parse(this.querySelector<HTMLInputElement>(`input[name=${name}]`)?.value ?? ""));
    const input = this.querySelector<HTMLInputElement>("input[name=to]");
    if (from === undefined || to === undefined || Number.isNaN(from) || Number.isNaN(to)) {
      return;
    }
    input?.setCustomValidity(from < to ? "" : "This is not after From: choose a later time.");
    if (from < to) {
      this.model.show({ kind: "fixed", from, to });
    } else {
      input?.reportValidity();
    }
  };

  #file = async (event: Event): Promise<void> => {
    const input = event.target as HTMLInputElement;
    const file = input.files?.[0];
    if (!file) {
      return;
    }
    this.#fileFailure = file.size > FILE_BYTES_MAX ? `${file.name} is larger than 1 MiB, which no file of rules may be.` : "";
    if (this.#fileFailure === "") {
      this.model.backtest.edit(await file.text());
    }
    input.value = "";
    this.requestUpdate();
  };
}

/** As the input for a local time wants it: 2026-01-31T08:00:00. */
function local(ms: number): string {
  const offset = new Date(ms).getTimezoneOffset() * 60_000;
  return new Date(ms - offset).toISOString().slice(0, 19);
}

customElements.define("mr-backtest", BacktestView);
