/** An `ipaddr` as people write it, by another way than the page's own. */
import type { Cell } from "./client";

/** 16 bytes, version 4 mapped; the compression is the WHATWG URL's. */
export function addressOf(cell: Cell | undefined): string {
  const hex = Buffer.from(cell as Uint8Array).toString("hex");
  const mapped = /^0{20}ffff(.{8})$/.exec(hex)?.[1];
  if (mapped) return new URL(`http://0x${mapped}`).hostname;
  return new URL(`http://[${hex.match(/.{4}/g)?.join(":")}]`).hostname.slice(1, -1);
}
