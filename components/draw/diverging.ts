/** Colours for less and more: blue and red, which nobody confuses, equally far from a ground that says "the same". */

export interface Shade {
  css: string;
  /** Dark text reads better on it than light text. */
  bright: boolean;
}

/** Steps on either side of the ground. */
export const STEPS = 10;

const [RED, BLUE] = [25, 255];

/** From all gone (index 0) over the same (STEPS) to all new (2 · STEPS); even steps of lightness and chroma. */
export function divergingRamp(dark: boolean): Shade[] {
  const [ground, far, chroma] = dark ? [0.36, 0.72, 0.16] : [0.93, 0.64, 0.18];
  return Array.from({ length: 2 * STEPS + 1 }, (_, i) => {
    const way = (i - STEPS) / STEPS;
    const lightness = ground + (far - ground) * Math.abs(way);
    const rgb = oklch(lightness, 0.008 + (chroma - 0.008) * Math.abs(way), way > 0 ? RED : BLUE);
    return { css: `rgb(${rgb.join(" ")})`, bright: lightness > 0.55 };
  });
}

/** `change` from -1 to 1. */
export const stepOf = (change: number) =>
  STEPS + Math.round(STEPS * Math.min(1, Math.max(-1, Number.isFinite(change) ? change : 0)));

/** sRGB, 0 to 255. Hue in degrees. Björn Ottosson, "A perceptual color space for image processing" (2020). */
function oklch(lightness: number, chroma: number, hue: number): [number, number, number] {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    encode(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    encode(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    encode(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

function encode(linear: number): number {
  const clamped = Math.min(1, Math.max(0, linear));
  const value = clamped <= 0.0031308 ? 12.92 * clamped : 1.055 * clamped ** (1 / 2.4) - 0.055;
  return Math.round(255 * value);
}
