import type { Frame, Watch } from "./wire.js";

/** How the stream stands. `since` is when it was lost, on this browser's clock. */
export type LiveState = { kind: "connecting" } | { kind: "live" } | { kind: "lost"; since: number; retryAt: number };

const RETRY_MS_MIN = 500;
const RETRY_MS_MAX = 15_000;

/** The server says something every second; this much silence means that the connection is half open. */
const SILENCE_MS_MAX = 5_000;

/**
 * The WebSocket to the gateway: reconnects for ever with jittered back-off, notices half-open connections, and says
 * again what is watched after each reconnect.
 */
export class Live {
  state: LiveState = { kind: "connecting" };
  lastFrameAt = 0;

  #socket: WebSocket | null = null;
  #failures = 0;
  #retry = 0;
  #watch: Watch | null = null;

  constructor(
    private readonly onFrame: (frame: Frame) => void,
    private readonly onState: (state: LiveState) => void,
  ) {}

  start(): void {
    this.#open();
    setInterval(() => this.#notice(), 1000);
    const now = () => this.state.kind === "lost" && this.#open();
    addEventListener("online", now);
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && now());
  }

  /** Replaces what the server pushes to this page. */
  watch(points: readonly string[], values: readonly string[]): void {
    const next: Watch = { v: 1, type: "watch", points: [...points], values: [...values] };
    if (JSON.stringify(next) !== JSON.stringify(this.#watch)) {
      this.#watch = next;
      this.#say();
    }
  }

  #say(): void {
    if (this.#watch && this.#socket?.readyState === WebSocket.OPEN) {
      this.#socket.send(JSON.stringify(this.#watch));
    }
  }

  #open(): void {
    clearTimeout(this.#retry);
    this.#socket?.close();
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/v1/live`);
    this.#socket = socket;
    this.lastFrameAt = Date.now();
    socket.onopen = () => this.#say();
    socket.onmessage = (message) => socket === this.#socket && this.#received(JSON.parse(message.data as string) as Frame);
    socket.onclose = () => socket === this.#socket && this.#lost();
  }

  #received(frame: Frame): void {
    this.lastFrameAt = Date.now();
    this.#failures = 0;
    if (this.state.kind !== "live") {
      this.#to({ kind: "live" });
    }
    this.onFrame(frame);
  }

  #notice(): void {
    const waiting = this.#socket?.readyState === WebSocket.OPEN || this.#socket?.readyState === WebSocket.CONNECTING;
    if (waiting && Date.now() - this.lastFrameAt > SILENCE_MS_MAX) {
      this.#lost();
    }
  }

  #lost(): void {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    const wait = Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** this.#failures) * (0.5 + Math.random() / 2);
    this.#failures++;
    const now = Date.now();
    const since = this.state.kind === "lost" ? this.state.since : now;
    this.#retry = setTimeout(() => this.#open(), wait);
    this.#to({ kind: "lost", since, retryAt: now + wait });
  }

  #to(state: LiveState): void {
    this.state = state;
    this.onState(state);
  }
}
