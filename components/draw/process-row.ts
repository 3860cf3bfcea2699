/** The minute behind the numbers of one row: an area for each column, and a bar for what is measured against a whole. */

export interface Plotted {
  left: number;
  width: number;
  /** Oldest first. */
  values: Float32Array;
  /** What fills the height; below it the greatest value does not. */
  least: number;
  /** A bar along the bottom: the share of the width it takes, 0 for none. */
  share: number;
}

/** CSS pixels; one cell after the other, so that a row of a dozen costs some ten microseconds. */
export function drawProcessRow(
  context: CanvasRenderingContext2D,
  cells: readonly Plotted[],
  height: number,
  colours: { area: string; bar: string },
) {
  const floor = height - 2;
  context.fillStyle = colours.area;
  for (const { left, width, values, least } of cells) {
    let most = least;
    for (const value of values) if (value > most) most = value;
    const step = width / values.length;
    context.beginPath();
    context.moveTo(left, floor);
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      // What is there at all is seen.
      const y = value > 0 ? floor - Math.max(1, (value / most) * (floor - 2)) : floor;
      context.lineTo(left + i * step, y);
      context.lineTo(left + (i + 1) * step, y);
    }
    context.lineTo(left + width, floor);
    context.fill();
  }
  context.fillStyle = colours.bar;
  for (const { left, width, share } of cells)
    if (share > 0) context.fillRect(left, floor, Math.max(1, Math.min(1, share) * width), 2);
}
