import { html, svg, type TemplateResult } from "lit";

const icon = (path: TemplateResult) =>
  html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round">${path}</svg>`;

export const check = icon(svg`<path d="M3 8.5l3.2 3.2L13 4.8"/>`);
export const cross = icon(svg`<path d="M4 4l8 8M12 4l-8 8"/>`);
export const left = icon(svg`<path d="M10 3L5 8l5 5"/>`);
export const right = icon(svg`<path d="M6 3l5 5-5 5"/>`);
export const sun = icon(svg`<circle cx="8" cy="8" r="2.8"/><path d="M8 1.5v1.5M8 13v1.5M1.5 8H3M13 8h1.5M3.4 3.4l1 1M11.6 11.6l1 1M3.4 12.6l1-1M11.6 4.4l1-1"/>`);
export const moon = icon(svg`<path d="M13 9.5A5.5 5.5 0 016.5 3a5.5 5.5 0 106.5 6.5z"/>`);
export const half = icon(svg`<circle cx="8" cy="8" r="5.5"/><path d="M8 2.5a5.5 5.5 0 010 11z" fill="currentColor"/>`);
export const warn = icon(svg`<path d="M8 2.5l6 10.5H2z"/><path d="M8 6.5v3M8 11.3v.1"/>`);
export const logo = html`<svg class="logo" viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="7" class="logo-ground"/><g fill="none" class="logo-line" stroke-width="2.6" stroke-linecap="round"><circle cx="16" cy="13" r="6.5"/><path d="M16 9.5v7M12.5 13h7"/><path d="M4.5 25c2.9-2.6 5.7-2.6 8.6 0s5.7 2.6 8.6 0 4-2.4 5.8-1.2"/></g></svg>`;
