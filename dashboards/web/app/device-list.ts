import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { count, moment, reading, scaled, span } from "./format.js";
import { LISTED_MAX, type Topic } from "./model.js";
import { slots } from "./palette.js";
import { Part } from "./part.js";
import type { SeriesState } from "./wire.js";

/** A series that was silent for longer is marked. */
const STALE_MS = 60_000;
const SEARCH_PAUSE_MS = 200;

/** Every series with its last value; a click puts it on the chart or takes it off. */
class Devices extends Part {
  #searching = 0;

  protected override topics(): Topic[] {
    return ["devices", "view", "clock", "pipeline"];
  }

  protected override render() {
    const { devices, devicesTotal, devicesLoaded, search } = this.model;
    const groups = Map.groupBy(devices.values(), (d) => `${d.site}/${d.agent}/${d.device}`);
    if (devicesLoaded && devicesTotal === 0 && search === "") {
      return this.#none();
    }
    return html`<section aria-label="Devices">
      <h2 class="title">
        Devices <span class="muted num">${devicesLoaded ? `${count(devicesTotal)} series` : nothing}</span>
        <input
          type="search"
          placeholder="Search device or metric"
          aria-label="Search device or metric"
          @input=${(e: InputEvent) => this.#search((e.target as HTMLInputElement).value)}
        />
      </h2>
      ${repeat(groups, ([key]) => key, ([, series]) => this.#device(series))}
      ${devicesLoaded && devices.size === 0 ? html`<p class="empty">No series matches “${search}”.</p>` : nothing}
      ${devicesTotal > devices.size && devices.size === LISTED_MAX
        ? html`<p class="note">The first ${count(LISTED_MAX)} of ${count(devicesTotal)}. Search to see others.</p>`
        : nothing}
    </section>`;
  }

  #none() {
    const mqtt = new URL(this.model.pipeline?.mqtt || "mqtt://127.0.0.1:1883");
    const command = `mosquitto_pub -h ${mqtt.hostname} -p ${mqtt.port || "1883"} -q 1 -t millrace/v1/home/kitchen/event/temperature -m 21.5`;
    return html`<section class="welcome" aria-label="Devices">
      <h2 class="title">No device has sent anything yet</h2>
      <p>Send the first event from a terminal:</p>
      <pre tabindex="0">${command}</pre>
      <p>It appears here by itself. An edge agent (<code>./millrace agent --config agent.yaml</code>) sends whole recordings and keeps them on disk until they are safe.</p>
    </section>`;
  }

  #device(series: SeriesState[]) {
    const first = series[0];
    if (!first) {
      return nothing;
    }
    const via = first.agent === first.device ? first.site : `${first.site} / ${first.agent}`;
    const chosen = slots(this.model.view.series);
    return html`<div class="device">
      <h3>${first.device} <span class="muted">${via}</span></h3>
      <ul>
        ${repeat(series, (s) => s.id, (s) => this.#row(s, chosen.get(s.id)))}
      </ul>
    </div>`;
  }

  #row(s: SeriesState, slot: number | undefined) {
    const now = this.model.now();
    const at = Date.parse(s.ts);
    const stale = now - at > STALE_MS;
    const [value, unit] = typeof s.value === "number" ? scaled(s.value, s.unit) : [reading(s.value), s.unit];
    const swatch = slot === undefined ? "" : `on slot-${slot}`;
    return html`<li class="series ${stale ? "stale" : ""}">
      <button
        aria-pressed=${slot === undefined ? "false" : "true"}
        ?disabled=${s.type === "text"}
        title=${s.type === "text" ? "Text has no curve" : slot === undefined ? "Show in the chart" : "Take off the chart"}
        @click=${() => this.model.toggle(s.id)}
      >
        <i class="swatch ${swatch}"></i>
        <span class="metric">${s.metric}</span>
        <span class="value num">${value}</span>
        <span class="unit">${unit}</span>
        ${s.quality === "good" ? nothing : html`<span class="quality ${s.quality}">${s.quality}</span>`}
        <time class="age num" datetime=${s.ts} title=${moment(at, now)}>${stale ? html`<span class="unseen">stale, </span>` : nothing}${span(now - at)}</time>
      </button>
    </li>`;
  }

  #search(text: string): void {
    clearTimeout(this.#searching);
    this.#searching = setTimeout(() => void this.model.find(text.trim()), SEARCH_PAUSE_MS);
  }
}

customElements.define("mr-devices", Devices);
