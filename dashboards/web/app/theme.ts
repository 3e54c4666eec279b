/** Light, dark, or as the system has it; remembered in this browser. */
export type Theme = "auto" | "light" | "dark";

const KEY = "millrace.theme";
const system = matchMedia("(prefers-color-scheme: dark)");

export function chosen(): Theme {
  const stored = localStorage.getItem(KEY);
  return stored === "light" || stored === "dark" ? stored : "auto";
}

export function choose(theme: Theme): void {
  localStorage.setItem(KEY, theme);
  apply();
}

export function isDark(): boolean {
  return document.documentElement.dataset["theme"] === "dark";
}

/** Calls back when light becomes dark or back, until what is returned is called. */
export function onTheme(changed: () => void): () => void {
  document.addEventListener("theme", changed);
  return () => document.removeEventListener("theme", changed);
}

function apply(): void {
  const theme = chosen();
  const dark = theme === "dark" || (theme === "auto" && system.matches);
  document.documentElement.dataset["theme"] = dark ? "dark" : "light";
  document.dispatchEvent(new Event("theme"));
}

system.addEventListener("change", apply);
apply();
