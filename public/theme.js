/** Sets the theme before the first paint; `components/theme.ts` calls it again when the choice or the system changes. */
function applyTheme() {
  const root = document.documentElement;
  const kept = localStorage.getItem("theme");
  const choice = kept === "light" || kept === "system" ? kept : "dark";
  const light =
    choice === "light" || (choice === "system" && matchMedia("(prefers-color-scheme: light)").matches);
  root.dataset.themeChoice = choice;
  root.dataset.theme = light ? "light" : "dark";
}
applyTheme();
