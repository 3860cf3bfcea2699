/** Dark, light, or what the system says; remembered in this browser. `public/theme.js` sets it before the first paint. */
import { useSyncExternalStore } from "react";

export type ThemeChoice = "dark" | "light" | "system";

const key = "theme";
const listeners = new Set<() => void>();
const systemLight = () => matchMedia("(prefers-color-scheme: light)");

export function themeChoice(): ThemeChoice {
  const kept = localStorage.getItem(key);
  return kept === "light" || kept === "system" ? kept : "dark";
}

function apply() {
  const choice = themeChoice();
  const light = choice === "light" || (choice === "system" && systemLight().matches);
  document.documentElement.dataset.theme = light ? "light" : "dark";
  for (const listener of listeners) listener();
}

export function chooseTheme(choice: ThemeChoice) {
  localStorage.setItem(key, choice);
  apply();
}

function subscribe(listener: () => void) {
  if (listeners.size === 0) systemLight().addEventListener("change", apply);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) systemLight().removeEventListener("change", apply);
  };
}

/** What is shown now; a canvas redraws when it changes, reading colours from the CSS variables of globals.css. */
export function useTheme(): "dark" | "light" {
  return useSyncExternalStore(
    subscribe,
    () => (document.documentElement.dataset.theme === "light" ? "light" : "dark"),
    () => "dark",
  );
}

export function useThemeChoice(): ThemeChoice {
  return useSyncExternalStore(subscribe, themeChoice, () => "dark");
}
