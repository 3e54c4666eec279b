import { LitElement } from "lit";
import { model, type Topic } from "./model.js";

/**
 * A piece of the page: draws from the model and draws again when one of its topics changes. Without shadow DOM, so that
 * one style sheet serves all.
 */
export abstract class Part extends LitElement {
  protected readonly model = model;
  #draw = () => this.requestUpdate();

  /** What this piece shows. */
  protected abstract topics(): Topic[];

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.topics().forEach((topic) => model.addEventListener(topic, this.#draw));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.topics().forEach((topic) => model.removeEventListener(topic, this.#draw));
  }
}
