import { html, nothing } from "lit";
import * as api from "./api.js";
import { count, moment, scaled, seriesOf, span } from "./format.js";
import { check, warn } from "./icons.js";
import type { Topic } from "./model.js";
import { Part } from "./part.js";
import type { Done, OpenAlert } from "./wire.js";

const SHOWN_MAX = 50;
const NAME_KEY = "millrace.name";

/** Alerts that are open now, those that nobody takes care of first; and what can be done about them. */
class Alerts extends Part {
  /** The alert that somebody is about to do something about. */
  #asked = "";
  #failure = "";

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
    const id = seriesOf(a);
    const unit = this.model.state(id)?.unit ?? "";
    const [value, shownUnit] = a.value === null ? ["", ""] : scaled(a.value, unit);
    return html`<li class="alert ${a.severity}">
      <button @click=${() => this.model.put(id)} title="Show ${a.device} ${a.metric} in the chart">
        <span class="severity">${warn} ${a.severity}</span>
        <span class="rule">${a.rule}</span>
        <span class="value num">${value} <small>${shownUnit}</small></span>
        <span class="where">${a.device} · ${a.metric}${a.detail ? html` · ${a.detail}` : nothing}</span>
        <time class="since num" datetime=${a.since} title=${moment(since, now)}>${span(now - since)}</time>
      </button>
      <p class="done">
        ${a.retroactive ? html`<span class="tag" title="Raised by late data: nobody is told until a new value shows the same">retroactive</span>` : nothing}
        ${a.acknowledged ? html`<span>${check} ${this.#by(a.acknowledged)}</span>` : nothing}
        ${a.shelved?.until ? html`<span>shelved until ${moment(Date.parse(a.shelved.until), now)}, ${this.#by(a.shelved)}</span>` : nothing}
        <button class="act" aria-expanded=${this.#asked === a.id} @click=${() => this.#ask(a.id)}>
          ${this.#asked === a.id ? "Leave" : "Act"}<span class="unseen"> on ${a.rule}, ${a.device} ${a.metric}</span>
        </button>
      </p>
      ${this.#asked === a.id ? this.#form(a) : nothing}
    </li>`;
  }

  #by(done: Done) {
    return done.why ? `${done.who}: ${done.why}` : done.who;
  }

  #form(a: OpenAlert) {
    return html`<form class="order" @submit=${(e: SubmitEvent) => this.#order(e, a)}>
      <label>Name <input name="who" required maxlength="64" autocomplete="name" .value=${localStorage.getItem(NAME_KEY) ?? ""} /></label>
      <label>Why <input name="why" maxlength="512" /></label>
      <span class="choices">
        ${a.acknowledged ? nothing : html`<button class="primary" value="acknowledge">Acknowledge</button>`}
        <label>Shelve for
          <select name="for"><option value="1h">1 h</option><option value="8h" selected>8 h</option><option value="7d">7 d</option></select>
        </label>
        <button value="shelve">Shelve</button>
        ${a.shelved ? html`<button value="unshelve">Unshelve</button>` : nothing}
      </span>
      <p class="problem" role="alert">${this.#failure}</p>
    </form>`;
  }

  #ask(id: string): void {
    this.#asked = this.#asked === id ? "" : id;
    this.#failure = "";
    this.requestUpdate();
  }

  async #order(event: SubmitEvent, a: OpenAlert): Promise<void> {
    event.preventDefault();
    const fields = new FormData(event.target as HTMLFormElement);
    const action = (event.submitter as HTMLButtonElement | null)?.value ?? "acknowledge";
    const who = String(fields.get("who"));
    const why = String(fields.get("why"));
    localStorage.setItem(NAME_KEY, who);
    try {
      await api.order(a.id, action, action === "shelve" ? { who, why, for: String(fields.get("for")) } : { who, why });
      this.#asked = "";
      this.#failure = "";
    } catch (e) {
      this.#failure = e instanceof Error ? e.message : String(e);
    }
    this.requestUpdate();
  }
}

customElements.define("mr-alerts", Alerts);
