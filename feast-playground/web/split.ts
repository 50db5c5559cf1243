// The separator between editor and results, for pointers and arrow keys.

const [LEAST, MOST, STEP] = [25, 75, 2];

export function split(separator: HTMLElement, panes: HTMLElement): void {
  let share = 50;
  const move = (to: number) => {
    share = Math.min(MOST, Math.max(LEAST, to));
    separator.ariaValueNow = String(Math.round(share));
    panes.style.setProperty("--share", `${share}%`);
  };
  separator.addEventListener("pointerdown", (event) => separator.setPointerCapture(event.pointerId));
  separator.addEventListener("pointermove", (event) => {
    if (!separator.hasPointerCapture(event.pointerId)) return;
    const { left, width } = panes.getBoundingClientRect();
    move(((event.clientX - left) / width) * 100);
  });
  separator.addEventListener("keydown", (event) => {
    const to = { ArrowLeft: share - STEP, ArrowRight: share + STEP, Home: LEAST, End: MOST }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    move(to);
  });
  separator.addEventListener("dblclick", () => move(50));
  move(share);
}
