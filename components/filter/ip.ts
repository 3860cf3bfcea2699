/** Addresses and networks as bytes: `10.0.0.7`, `10.0.0.0/8`, `fe80::/10`. */

export interface Network {
  /** 16, version 4 mapped. */
  bytes: Uint8Array;
  /** How many of the first bits must be the same. */
  bits: number;
}

/** Undefined when the text is none. */
export function parseNetwork(text: string): Network | undefined {
  const [, address = "", prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const bytes = parseV4(address) ?? parseV6(address);
  if (!bytes) return undefined;
  const before = address.includes(":") ? 0 : 96;
  const bits = before + Number(prefix ?? 128 - before);
  return bits <= 128 ? { bytes, bits } : undefined;
}

function parseV4(text: string): Uint8Array | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256))
    return undefined;
  return Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...parts.map(Number));
}

function parseV6(text: string): Uint8Array | undefined {
  const halves = text.split("::");
  if (!text.includes(":") || halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => half.split(":").filter(Boolean));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const words = [...head, ...Array<string>(missing).fill("0"), ...tail];
  if (!words.every((word) => /^[0-9a-f]{1,4}$/i.test(word))) return undefined;
  return Uint8Array.from(
    words.flatMap((word) => [Number.parseInt(word, 16) >> 8, Number.parseInt(word, 16) & 0xff]),
  );
}

/** Whether the 16 bytes at `at` lie in the network. */
export function lies(all: Uint8Array, at: number, { bytes, bits }: Network): boolean {
  const whole = bits >> 3;
  for (let i = 0; i < whole; i++) if (all[at + i] !== bytes[i]) return false;
  const rest = bits & 7;
  if (rest === 0) return true;
  const mask = 0xff << (8 - rest);
  return (((all[at + whole] as number) ^ (bytes[whole] as number)) & mask & 0xff) === 0;
}
