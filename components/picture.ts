/** Any panel as PNG or SVG, with its title, host, time and parameters in it. */
import { createContext, useContext, useLayoutEffect } from "react";
import { type Palette, readPalette } from "./draw/palette";
import { type Caption, type Composed, composePicture, type Picture } from "./draw/picture";
import { SvgPen } from "./draw/svg";

type Offer = () => Picture | undefined;

/**
 * Where a panel leaves the way to its picture. A panel that leaves none is taken as it stands on the page, and so is
 * one that has several parts with one each.
 */
export type PictureSlot = Set<Offer>;

export const offeredIn = (slot: PictureSlot): Picture | undefined =>
  slot.size === 1 ? [...slot][0]?.() : undefined;

export const PictureContext = createContext<PictureSlot | undefined>(undefined);

/** For a panel: `offer` is called when a picture is asked for, after the latest render. */
export function usePicture(offer: Offer) {
  const slot = useContext(PictureContext);
  useLayoutEffect(() => {
    if (!slot) return;
    slot.add(offer);
    return () => void slot.delete(offer);
  });
}

export type PictureKind = "png" | "svg";

/** Device pixels for each of CSS: sharp on every screen, and in print. */
const PNG_RATIO = 2;

function measuring(): (text: string, font: string) => number {
  const context = document.createElement("canvas").getContext("2d");
  return (text, font) => {
    if (!context) return 0;
    context.font = font;
    return context.measureText(text).width;
  };
}

/** `like`: an element in the font that pictures are written in. */
export async function pictureFile(
  kind: PictureKind,
  picture: Picture,
  caption: Caption,
  like: Element,
): Promise<Blob> {
  const dark = document.documentElement.dataset.theme !== "light";
  const palette: Palette = readPalette(getComputedStyle(like), dark);
  const measure = measuring();
  const composed = composePicture(picture, caption, palette, measure);
  if (kind === "png") return pngOf(composed);
  const pen = new SvgPen(measure);
  composed.draw(pen);
  const title = [caption.title, ...caption.lines].join(" · ");
  return new Blob([pen.document(composed.width, composed.height, title)], { type: "image/svg+xml" });
}

function pngOf({ width, height, draw }: Composed): Promise<Blob> {
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil(width * PNG_RATIO);
  canvas.height = Math.ceil(height * PNG_RATIO);
  const context = canvas.getContext("2d");
  context?.scale(PNG_RATIO, PNG_RATIO);
  if (context) draw(context);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the browser made no PNG")))),
  );
}

/** Gives a file to the reader, as a browser does. */
export function saveFile(file: Blob, name: string) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The browser reads it after the click.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
