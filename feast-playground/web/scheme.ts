// Dark or light: the system's scheme, until the user chooses.
import { byId } from "./dom";

const KEY = "feast-playground-theme";
const system = matchMedia("(prefers-color-scheme: dark)");

export function isDark(): boolean {
  const chosen = document.documentElement.dataset["theme"];
  return chosen ? chosen === "dark" : system.matches;
}

export function scheme(changed: () => void): void {
  const button = byId("theme");
  const show = () => {
    const other = isDark() ? "light" : "dark";
    button.setAttribute("aria-label", `Switch to ${other} colours`);
    button.title = `Switch to ${other} colours`;
    button.textContent = isDark() ? "☀" : "☾";
    changed();
  };
  const chosen = stored();
  if (chosen) document.documentElement.dataset["theme"] = chosen;
  button.addEventListener("click", () => {
    const theme = isDark() ? "light" : "dark";
    document.documentElement.dataset["theme"] = theme;
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // Without storage, the choice lasts as long as the page.
    }
    show();
  });
  system.addEventListener("change", show);
  show();
}

function stored(): string | undefined {
  try {
    const theme = localStorage.getItem(KEY);
    return theme === "dark" || theme === "light" ? theme : undefined;
  } catch {
    return undefined;
  }
}
