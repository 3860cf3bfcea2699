/** The theme's colours for canvases, read from CSS once per theme. */
import { divergingRamp, type Shade } from "./diverging";
import { countRamp, rampGradient, rampPixels, type Scale } from "./ramp";

export interface Palette {
  dark: boolean;
  bg: string;
  panel: string;
  raised: string;
  line: string;
  text: string;
  dim: string;
  faint: string;
  accent: string;
  kern: string;
  user: string;
  jit: string;
  inlined: string;
  /** Behind lines and text that cross data. */
  halo: string;
  font: string;
  ramp: Uint32Array;
  gradient: string;
  diverging: Shade[];
  /** The colour scales one can choose from; the first two members are those of `inferno`. */
  scales: Record<Scale, CountScale>;
}

export interface CountScale {
  /** Pixels of an ImageData's buffer, few to many. */
  ramp: Uint32Array;
  /** The same as a CSS background. */
  gradient: string;
}

function countScale(dark: boolean, scale: Scale): CountScale {
  const ramp = countRamp(dark, scale);
  return { ramp: rampPixels(ramp), gradient: rampGradient(ramp) };
}

/** `style`: the computed style of an element in the theme, and in the font that canvases write in. */
export function readPalette(style: CSSStyleDeclaration, dark: boolean): Palette {
  const css = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const scales = { viridis: countScale(dark, "viridis"), inferno: countScale(dark, "inferno") };
  return {
    dark,
    bg: css("bg"),
    panel: css("panel"),
    raised: css("raised"),
    line: css("line"),
    text: css("text"),
    dim: css("dim"),
    faint: css("faint"),
    accent: css("accent"),
    kern: css("kern"),
    user: css("user"),
    jit: css("jit"),
    inlined: css("inlined"),
    halo: dark ? "rgb(10 12 15 / 0.75)" : "rgb(255 255 255 / 0.85)",
    font: style.fontFamily,
    ...scales.inferno,
    scales,
    diverging: divergingRamp(dark),
  };
}
