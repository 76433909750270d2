// Tells the host how high the view is, so that the frame fits it: at most once a frame, and not for every pixel.

/** Heights are told in steps of so many CSS pixels. */
const STEP_PX = 8;

/** Watches `content` until the returned function is called. */
export function reportHeight(content: HTMLElement, tell: (height: number) => void): () => void {
  let told = -1;
  let isPlanned = 0;
  const measure = () => {
    isPlanned = 0;
    const height = Math.ceil(content.getBoundingClientRect().height / STEP_PX) * STEP_PX;
    if (height === told) return;
    told = height;
    tell(height);
  };
  const observer = new ResizeObserver(() => {
    // Told after the layout: a host that resizes the frame at once would make a loop of it.
    if (isPlanned === 0) isPlanned = requestAnimationFrame(measure);
  });
  observer.observe(content);
  return () => {
    observer.disconnect();
    if (isPlanned !== 0) cancelAnimationFrame(isPlanned);
  };
}
