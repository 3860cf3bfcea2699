/** Bars of one series side by side, newest at the right; `values` oldest first, `most` fills the height. */
export function drawSparkline(
  context: CanvasRenderingContext2D,
  values: ArrayLike<number>,
  most: number,
  width: number,
  height: number,
  colour: string,
) {
  context.clearRect(0, 0, width, height);
  context.fillStyle = colour;
  const step = width / values.length;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    if (value <= 0 || most <= 0) continue;
    // What is there at all is seen: at least one pixel.
    const bar = Math.max(1, Math.round((value / most) * height));
    const left = Math.round(i * step);
    context.fillRect(left, height - bar, Math.max(1, Math.round((i + 1) * step) - left), bar);
  }
}
