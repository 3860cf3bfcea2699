/** A pen that writes SVG 1.1. Its text is safe whatever it says; it needs no font, no script and no other file. */
import type { Pen } from "./pen";

/** What XML 1.0 cannot hold at all, escaped or not (section 2.2 of the standard). */
const NOT_XML =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what it looks for
  /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

export const escapeXml = (text: string) =>
  text.replace(NOT_XML, "\ufffd").replace(/[&<>"]/g, (character) => ENTITIES[character] as string);

const short = (value: number) => String(Math.round(value * 100) / 100);

/** `rgb(1 2 3 / 0.5)` is younger than SVG: many programs read opacity only as an attribute of its own. */
function paint(property: "fill" | "stroke", style: Pen["fillStyle"], alpha: number): string {
  const [, rgb, own = "1"] = /^rgb\(([\d.]+ [\d.]+ [\d.]+) \/ ([\d.]+)\)$/.exec(String(style)) ?? [];
  const colour = rgb ? `rgb(${rgb.replaceAll(" ", ",")})` : String(style);
  const opacity = alpha * Number(own);
  return ` ${property}="${escapeXml(colour)}"${opacity < 1 ? ` ${property}-opacity="${short(opacity)}"` : ""}`;
}

const ANCHORS: Partial<Record<CanvasTextAlign, string>> = { center: "middle", right: "end", end: "end" };

interface State {
  fillStyle: Pen["fillStyle"];
  strokeStyle: Pen["strokeStyle"];
  lineWidth: number;
  lineJoin: CanvasLineJoin;
  globalAlpha: number;
  font: string;
  textAlign: CanvasTextAlign;
  textBaseline: CanvasTextBaseline;
  imageSmoothingEnabled: boolean;
  dash: number[];
  /** Groups to close when this state is left. */
  open: number;
}

interface Part {
  x: number;
  y: number;
  width: number;
  height: number;
}

function cutOut(canvas: HTMLCanvasElement, { x, y, width, height }: Part): string {
  const cut = document.createElement("canvas");
  cut.width = width;
  cut.height = height;
  cut.getContext("2d")?.drawImage(canvas, x, y, width, height, 0, 0, width, height);
  return cut.toDataURL();
}

export class SvgPen implements Pen {
  fillStyle: Pen["fillStyle"] = "#000";
  strokeStyle: Pen["strokeStyle"] = "#000";
  lineWidth = 1;
  lineJoin: CanvasLineJoin = "miter";
  globalAlpha = 1;
  font = "10px sans-serif";
  textAlign: CanvasTextAlign = "start";
  textBaseline: CanvasTextBaseline = "alphabetic";
  imageSmoothingEnabled = true;
  private dash: number[] = [];
  private open = 0;
  private readonly saved: State[] = [];
  private readonly parts: string[] = [];
  private path = "";
  private clips = 0;
  /** Rectangles of one paint, one after the other, are one element. */
  private pending: { paint: string; path: string } | undefined;

  /** `measure`: width of a text in a CSS font, as a canvas measures it; `image`: part of a canvas as a URL that holds it. */
  constructor(
    private readonly measure: (text: string, font: string) => number,
    private readonly image: (canvas: HTMLCanvasElement, part: Part) => string = cutOut,
  ) {}

  /** The document. `title`: what it is called where a program shows that. */
  document(width: number, height: number, title: string): string {
    this.flush();
    const size = `width="${short(width)}" height="${short(height)}" viewBox="0 0 ${short(width)} ${short(height)}"`;
    return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ${size}>
<title>${escapeXml(title)}</title>
${this.parts.join("\n")}
${"</g>".repeat(this.open + this.saved.reduce((all, state) => all + state.open, 0))}</svg>
`;
  }

  save() {
    const { fillStyle, strokeStyle, lineWidth, lineJoin, globalAlpha, font, textAlign, textBaseline } = this;
    const { imageSmoothingEnabled, dash, open } = this;
    const look = { fillStyle, strokeStyle, lineWidth, lineJoin, globalAlpha, font, textAlign, textBaseline };
    this.saved.push({ ...look, imageSmoothingEnabled, dash, open });
    this.open = 0;
  }

  restore() {
    const state = this.saved.pop();
    if (!state) return;
    if (this.open > 0) this.add("</g>".repeat(this.open));
    Object.assign(this, state);
  }

  translate(x: number, y: number) {
    this.group(`transform="translate(${short(x)} ${short(y)})"`);
  }

  beginPath() {
    this.path = "";
  }
  moveTo(x: number, y: number) {
    this.path += `M${short(x)} ${short(y)}`;
  }
  lineTo(x: number, y: number) {
    this.path += `${this.path ? "L" : "M"}${short(x)} ${short(y)}`;
  }
  rect(x: number, y: number, width: number, height: number) {
    this.path += `M${short(x)} ${short(y)}h${short(width)}v${short(height)}h${short(-width)}z`;
  }

  clip() {
    const id = `clip${++this.clips}`;
    this.add(`<clipPath id="${id}"><path d="${this.path}"/></clipPath>`);
    this.group(`clip-path="url(#${id})"`);
  }

  fill() {
    if (this.path) this.add(`<path d="${this.path}"${paint("fill", this.fillStyle, this.globalAlpha)}/>`);
  }

  stroke() {
    if (this.path) this.add(`<path d="${this.path}" fill="none"${this.strokePaint()}/>`);
  }

  fillRect(x: number, y: number, width: number, height: number) {
    const look = paint("fill", this.fillStyle, this.globalAlpha);
    const path = `M${short(x)} ${short(y)}h${short(width)}v${short(height)}h${short(-width)}z`;
    if (this.pending?.paint !== look) {
      this.flush();
      this.pending = { paint: look, path };
    } else this.pending.path += path;
  }

  strokeRect(x: number, y: number, width: number, height: number) {
    const place = `x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}"`;
    this.add(`<rect ${place} fill="none"${this.strokePaint()}/>`);
  }

  setLineDash(segments: number[]) {
    this.dash = [...segments];
  }

  fillText(text: string, x: number, y: number) {
    this.text(text, x, y, paint("fill", this.fillStyle, this.globalAlpha));
  }
  strokeText(text: string, x: number, y: number) {
    this.text(text, x, y, ` fill="none"${this.strokePaint()}`);
  }
  measureText(text: string) {
    return { width: this.measure(text, this.font) };
  }

  drawImage(
    image: HTMLCanvasElement,
    partX: number,
    partY: number,
    partWidth: number,
    partHeight: number,
    x: number,
    y: number,
    width: number,
    height: number,
  ) {
    const place = `x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}"`;
    const sharp = this.imageSmoothingEnabled ? "" : ' style="image-rendering:pixelated"';
    // `xlink:href` too: SVG 1.1 knows no other, and some programs read only that.
    const url = escapeXml(this.image(image, { x: partX, y: partY, width: partWidth, height: partHeight }));
    this.add(`<image ${place} preserveAspectRatio="none"${sharp} xlink:href="${url}"/>`);
  }

  private strokePaint(): string {
    const dash = this.dash.length > 0 ? ` stroke-dasharray="${this.dash.map(short).join(" ")}"` : "";
    const join = this.lineJoin === "miter" ? "" : ` stroke-linejoin="${this.lineJoin}"`;
    return `${paint("stroke", this.strokeStyle, this.globalAlpha)} stroke-width="${short(this.lineWidth)}"${join}${dash}`;
  }

  private text(text: string, x: number, y: number, look: string) {
    const size = Number(/([\d.]+)px/.exec(this.font)?.[1] ?? 10);
    // Few programs but browsers know dominant-baseline; the middle lies about a third of the size above the baseline.
    const baseline = this.textBaseline === "middle" ? y + size * 0.35 : y;
    const anchor = ANCHORS[this.textAlign];
    const place = `x="${short(x)}" y="${short(baseline)}"${anchor ? ` text-anchor="${anchor}"` : ""}`;
    this.add(
      `<text ${place} style="font:${escapeXml(this.font)};white-space:pre"${look}>${escapeXml(text)}</text>`,
    );
  }

  private group(attributes: string) {
    this.add(`<g ${attributes}>`);
    this.open++;
  }

  private add(part: string) {
    this.flush();
    this.parts.push(part);
  }

  private flush() {
    if (this.pending) this.parts.push(`<path d="${this.pending.path}"${this.pending.paint}/>`);
    this.pending = undefined;
  }
}
