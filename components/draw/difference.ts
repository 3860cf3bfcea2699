/** A heatmap of what became more (red) and less (blue), and two distributions laid over each other. */
import { stepOf } from "./diverging";
import type { Palette } from "./palette";
import type { Pen } from "./pen";
import { logWidth, slotPosition } from "./slots";

export interface Grid {
  seconds: number;
  low: number;
  slots: number;
  before: Float64Array;
  after: Float64Array;
}

export interface Frame {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Slots that are drawn as one row, at least this many pixels high. */
const ROW_PIXELS = 4;

/** Powers of ten within slots, and where they lie, as shares of the height from the top. */
export function decades(low: number, slots: number): { value: number; share: number }[] {
  const marks: { value: number; share: number }[] = [];
  for (let value = 1; value < 1e13; value *= 10) {
    const share = 1 - (slotPosition(value) - low) / slots;
    if (share > 0.02 && share < 0.98) marks.push({ value, share });
  }
  return marks;
}

export function drawDifference(
  pen: Pen,
  { seconds, low: _, slots, before, after }: Grid,
  { left, top, width, height }: Frame,
  palette: Palette,
  change: (before: number, after: number) => number,
) {
  const group = Math.max(1, Math.ceil((slots * ROW_PIXELS) / height));
  const rows = Math.ceil(slots / group);
  const columns = Math.max(1, Math.min(seconds, Math.floor(width / 3)));
  const per = seconds / columns;
  const x = (column: number) => Math.round(left + (column * width) / columns);
  const y = (row: number) => Math.round(top + height - (row * height) / rows);
  for (let column = 0; column < columns; column++)
    for (let row = 0; row < rows; row++) {
      let [was, is] = [0, 0];
      for (let second = Math.floor(column * per); second < Math.floor((column + 1) * per); second++)
        for (let slot = row * group; slot < Math.min(slots, (row + 1) * group); slot++) {
          was += before[second * slots + slot] as number;
          is += after[second * slots + slot] as number;
        }
      if (was === 0 && is === 0) continue;
      pen.fillStyle = palette.diverging[stepOf(change(was, is))]?.css ?? "";
      pen.fillRect(x(column), y(row + 1), x(column + 1) - x(column), y(row) - y(row + 1));
    }
}

/** Shares of all by slot, divided by a slot's width on the axis. */
const density = (counts: Float64Array, low: number, slots: number): number[] => {
  const all = counts.reduce((sum, value) => sum + value, 0) || 1;
  return Array.from(
    { length: slots },
    (_, i) => (counts[low + i] as number) / all / logWidth(low + i, low + i + 1),
  );
};

/** `before` as a ground, `after` as a line; the axis of values goes to the right. Both by share, however many each are. */
export function drawOverlaid(
  pen: Pen,
  before: Float64Array,
  after: Float64Array,
  { low, slots }: Pick<Grid, "low" | "slots">,
  { left, top, width, height }: Frame,
  palette: Palette,
) {
  const [was, is] = [density(before, low, slots), density(after, low, slots)];
  const most = Math.max(...was, ...is, Number.MIN_VALUE);
  const x = (slot: number) => left + (slot * width) / slots;
  const y = (value: number) => top + height * (1 - value / most);
  pen.fillStyle = palette.faint;
  pen.globalAlpha = 0.45;
  was.forEach((value, slot) => {
    if (value > 0) pen.fillRect(x(slot), y(value), x(slot + 1) - x(slot), top + height - y(value));
  });
  pen.globalAlpha = 1;
  pen.strokeStyle = palette.accent;
  pen.lineWidth = 1.5;
  pen.beginPath();
  pen.moveTo(left, top + height);
  is.forEach((value, slot) => {
    pen.lineTo(x(slot), y(value));
    pen.lineTo(x(slot + 1), y(value));
  });
  pen.lineTo(left + width, top + height);
  pen.stroke();
}
