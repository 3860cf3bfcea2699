/** Colour scales for counts: perceptually uniform, so that equal steps of colour are equal steps of the scale. */

type Rgb = readonly [number, number, number];

/** matplotlib's inferno (CC0) at every 17th of its 256 entries; between them it is straight to within 2/255. */
const INFERNO: readonly Rgb[] = [
  [0, 0, 4],
  [12, 8, 38],
  [36, 12, 79],
  [66, 10, 104],
  [93, 18, 110],
  [120, 28, 109],
  [147, 38, 103],
  [174, 48, 92],
  [199, 62, 76],
  [221, 81, 58],
  [237, 105, 37],
  [248, 133, 15],
  [252, 165, 10],
  [250, 198, 45],
  [242, 230, 97],
  [252, 255, 164],
];

function mix(position: number): Rgb {
  const scaled = Math.min(1, Math.max(0, position)) * (INFERNO.length - 1);
  const i = Math.min(INFERNO.length - 2, Math.floor(scaled));
  const [a, b] = [INFERNO[i] as Rgb, INFERNO[i + 1] as Rgb];
  const f = scaled - i;
  return [a[0] + (b[0] - a[0]) * f, a[1] + (b[1] - a[1]) * f, a[2] + (b[2] - a[2]) * f];
}

/** On dark ground from dark to bright, on paper from pale to dark; the lowest colour still stands off the ground. */
export function countRamp(dark: boolean): Rgb[] {
  const [from, to] = dark ? [0.16, 1] : [1, 0.06];
  return Array.from({ length: 256 }, (_, i) => mix(from + ((to - from) * i) / 255));
}

/** As pixels of an ImageData's buffer. */
export function rampPixels(ramp: readonly Rgb[]): Uint32Array {
  const bytes = new Uint8ClampedArray(ramp.length * 4);
  ramp.forEach((rgb, i) => {
    bytes.set([...rgb, 255], i * 4);
  });
  return new Uint32Array(bytes.buffer);
}

export function rampGradient(ramp: readonly Rgb[]): string {
  const stops = ramp.filter((_, i) => i % 17 === 0).map((c) => `rgb(${c.map(Math.round).join(" ")})`);
  return `linear-gradient(90deg, ${stops.join(", ")})`;
}
