import type { Palette } from "./palette";
import type { Pen } from "./pen";

/** What stands for a time that is not known, over a rectangle that the pen clips to. */
export function hatch(pen: Pen, x: number, y: number, width: number, height: number, palette: Palette) {
  pen.beginPath();
  // Lines start at fixed places of the canvas, so that a gap's pattern does not depend on its edges.
  for (let d = Math.floor((x - height) / 6) * 6; d < x + width; d += 6) {
    pen.moveTo(d, y + height);
    pen.lineTo(d + height, y);
  }
  pen.strokeStyle = palette.faint;
  pen.globalAlpha = 0.45;
  pen.lineWidth = 1;
  pen.stroke();
  pen.globalAlpha = 1;
}
