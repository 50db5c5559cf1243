// Tabs according to WAI-ARIA: arrows, Home and End select, Tab moves to the panel.

export class Tabs {
  private readonly tabs: HTMLButtonElement[];

  constructor(list: HTMLElement, private readonly chosen: (name: string) => void) {
    this.tabs = [...list.querySelectorAll<HTMLButtonElement>("[role=tab]")];
    list.addEventListener("click", (event) => {
      const tab = (event.target as Element).closest<HTMLButtonElement>("[role=tab]");
      if (tab) this.choose(tab.dataset["tab"]!);
    });
    list.addEventListener("keydown", (event) => this.key(event));
  }

  get current(): string {
    return this.tabs.find((tab) => tab.ariaSelected === "true")?.dataset["tab"] ?? "";
  }

  choose(name: string): void {
    for (const tab of this.tabs) {
      const isChosen = tab.dataset["tab"] === name;
      tab.ariaSelected = String(isChosen);
      tab.tabIndex = isChosen ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")!)!.hidden = !isChosen;
    }
    this.chosen(name);
  }

  private key(event: KeyboardEvent): void {
    const last = this.tabs.length - 1;
    const here = this.tabs.indexOf(document.activeElement as HTMLButtonElement);
    const next = { ArrowLeft: here === 0 ? last : here - 1, ArrowRight: here === last ? 0 : here + 1, Home: 0, End: last }[event.key];
    const tab = next === undefined || here < 0 ? undefined : this.tabs[next];
    if (!tab) return;
    event.preventDefault();
    tab.focus();
    this.choose(tab.dataset["tab"]!);
  }
}
