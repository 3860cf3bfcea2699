/** A panel as a picture that stands alone: what it is, of which host and time, how it was asked, then the panel itself. */
import type { Palette } from "./palette";
import type { Pen } from "./pen";

/** What a panel offers: itself, drawn at a size of its choice. */
export interface Picture {
  /** CSS pixels. */
  width: number;
  height: number;
  /** Draws into that size, on the panel's ground, from the origin. */
  draw(pen: Pen, palette: Palette): void;
  /** The reading in words, below it. */
  words?: readonly string[];
  /** The time it shows, milliseconds since the epoch; the run's whole time when left out. */
  from?: number;
  to?: number;
}

export interface Caption {
  /** The tool, and what it is. */
  title: string;
  about: string;
  /** Host, time, parameters. */
  lines: readonly string[];
}

export interface Composed {
  width: number;
  height: number;
  draw(pen: Pen): void;
}

const MARGIN = 16;
const LINE = 17;
const TITLE = 22;
const GAP = 10;
/** A panel may be narrow; what is written above it should still be read. */
const LEAST_WIDTH = 420;

/** `measure`: width of a text in a CSS font, in CSS pixels. */
export function composePicture(
  picture: Picture,
  caption: Caption,
  palette: Palette,
  measure: (text: string, font: string) => number,
): Composed {
  const inner = Math.max(LEAST_WIDTH, picture.width);
  const font = `11px ${palette.font}`;
  const titleFont = `600 14px ${palette.font}`;
  const wrap = (lines: readonly string[]) =>
    lines.flatMap((line) => wrapText(line, inner, (text) => measure(text, font)));
  const titleWidth = measure(caption.title, titleFont) + 12;
  const aboutFits = titleWidth + measure(caption.about, font) <= inner;
  const above = wrap([...(aboutFits ? [] : [caption.about]), ...caption.lines]);
  const below = wrap(picture.words ?? []);
  const top = MARGIN + TITLE + above.length * LINE + GAP;
  const bottom = below.length > 0 ? GAP + below.length * LINE : 0;
  const [width, height] = [inner + 2 * MARGIN, top + picture.height + bottom + MARGIN];
  const write = (pen: Pen, lines: readonly string[], y: number, colour: string) => {
    pen.fillStyle = colour;
    pen.font = font;
    lines.forEach((line, i) => {
      pen.fillText(line, MARGIN, y + (i + 0.5) * LINE);
    });
  };
  return {
    width,
    height,
    draw(pen) {
      pen.fillStyle = palette.panel;
      pen.fillRect(0, 0, width, height);
      pen.textBaseline = "middle";
      pen.textAlign = "left";
      pen.font = titleFont;
      pen.fillStyle = palette.text;
      pen.fillText(caption.title, MARGIN, MARGIN + 8);
      pen.font = font;
      pen.fillStyle = palette.dim;
      if (aboutFits) pen.fillText(caption.about, MARGIN + titleWidth, MARGIN + 9);
      write(pen, above, MARGIN + TITLE, palette.dim);
      write(pen, below, top + picture.height + GAP, palette.text);
      pen.save();
      pen.translate(MARGIN, top);
      pen.beginPath();
      pen.rect(0, 0, picture.width, picture.height);
      pen.clip();
      picture.draw(pen, palette);
      pen.restore();
    },
  };
}

/** Lines no wider than `width`; a word that is wider is cut into pieces, never left out. */
export function wrapText(text: string, width: number, measure: (text: string) => number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line ? `${line} ${word}` : word;
    if (measure(longer) <= width) {
      line = longer;
      continue;
    }
    if (line) lines.push(line);
    line = "";
    for (const character of word) {
      if (line && measure(line + character) > width) {
        lines.push(line);
        line = "";
      }
      line += character;
    }
  }
  return [...lines, line];
}
