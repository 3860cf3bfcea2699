/** Dark, light, or what the system says; remembered in this browser. public/theme.js applies it before the first paint. */
import { useSyncExternalStore } from "react";

export const themeChoices = ["dark", "light", "system"] as const;
export type ThemeChoice = (typeof themeChoices)[number];

declare global {
  function applyTheme(): void;
}

const listeners = new Set<() => void>();
const root = () => document.documentElement.dataset;

function apply() {
  applyTheme();
  for (const listener of listeners) listener();
}

export function chooseTheme(choice: ThemeChoice) {
  localStorage.setItem("theme", choice);
  apply();
}

function subscribe(listener: () => void) {
  const system = matchMedia("(prefers-color-scheme: light)");
  if (listeners.size === 0) system.addEventListener("change", apply);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) system.removeEventListener("change", apply);
  };
}

/** What is shown now; a canvas redraws when it changes, reading colours from the CSS variables of globals.css. */
export function useTheme(): "dark" | "light" {
  return useSyncExternalStore(
    subscribe,
    () => (root().theme === "light" ? "light" : "dark"),
    () => "dark",
  );
}

export function useThemeChoice(): ThemeChoice {
  return useSyncExternalStore(
    subscribe,
    () => themeChoices.find((choice) => choice === root().themeChoice) ?? "dark",
    () => "dark",
  );
}
