/** Which frames a regular expression finds. */

export interface Found {
  pattern: RegExp;
  /** 1 for each frame that matches, for the first `upTo` frames. */
  matches: Uint8Array;
  upTo: number;
}

/** A pattern without capitals finds both cases. Throws SyntaxError. */
export function patternOf(search: string): RegExp {
  return new RegExp(search, /[A-Z]/.test(search) ? "" : "i");
}

/** Only frames that have come since `before` are looked at. */
export function findFrames(
  frames: readonly { name: string; module: string }[],
  pattern: RegExp,
  before?: Found,
): Found {
  const from = before?.pattern === pattern ? before.upTo : 0;
  if (before && from === frames.length) return before;
  const matches = new Uint8Array(frames.length);
  if (before && from > 0) matches.set(before.matches);
  for (let i = from; i < frames.length; i++) {
    const frame = frames[i];
    if (frame && (pattern.test(frame.name) || (frame.module && pattern.test(frame.module)))) matches[i] = 1;
  }
  return { pattern, matches, upTo: frames.length };
}
