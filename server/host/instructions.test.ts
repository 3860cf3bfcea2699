/** The kernel's words, by hand; e2e/kernel.test.ts compares whole programs with bpftool. */
import { expect, test } from "vitest";
import { printInstructions } from "./instructions";

const names = { helper: () => "bpf_helper", own: () => "own", compiled: true };

/** One struct bpf_insn. */
function instruction(code: number, dst = 0, src = 0, off = 0, imm = 0): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt8(code, 0);
  bytes.writeUInt8(dst | (src << 4), 1);
  bytes.writeInt16LE(off, 2);
  bytes.writeInt32LE(imm, 4);
  return bytes;
}

test.each([
  [instruction(0xb7, 1, 0, 0, -5), "(b7) r1 = -5"],
  [instruction(0xbf, 1, 2), "(bf) r1 = r2"],
  [instruction(0xbf, 1, 2, 8), "(bf) r1 = (s8)r2"],
  [instruction(0xbf, 1, 2, -1), "(bf) r1 = &(void __percpu *)(r2)"],
  [instruction(0xbc, 1, 2), "(bc) w1 = w2"],
  [instruction(0x37, 3, 0, 1, 7), "(37) r3 s/= 7"],
  [instruction(0xc7, 3, 0, 0, 32), "(c7) r3 s>>= 32"],
  [instruction(0x87, 3), "(87) r3 = -r3"],
  [instruction(0xdc, 3, 0, 0, 16), "(dc) r3 = be16 r3"],
  [instruction(0xd4, 3, 0, 0, 64), "(d4) r3 = le64 r3"],
  [instruction(0xd7, 3, 0, 0, 32), "(d7) r3 = bswap32 r3"],
  [instruction(0x7b, 10, 1, -8), "(7b) *(u64 *)(r10 -8) = r1"],
  [instruction(0x62, 10, 0, -4, 9), "(62) *(u32 *)(r10 -4) = 9"],
  [instruction(0x79, 2, 1, 8), "(79) r2 = *(u64 *)(r1 +8)"],
  [instruction(0x91, 2, 1, 0), "(91) r2 = *(s8 *)(r1 +0)"],
  [instruction(0xdb, 1, 2, 0, 0), "(db) lock *(u64 *)(r1 +0) += r2"],
  [instruction(0xdb, 1, 2, 0, 1), "(db) r2 = atomic64_fetch_add((u64 *)(r1 +0), r2)"],
  [instruction(0xc3, 1, 2, 0, 0xe1), "(c3) r2 = atomic_xchg((u32 *)(r1 +0), r2)"],
  [instruction(0xc3, 1, 2, 0, 0xf1), "(c3) r0 = atomic_cmpxchg((u32 *)(r1 +0), r0, r2)"],
  [instruction(0x30, 0, 0, 0, 23), "(30) r0 = *(u8 *)skb[23]"],
  [instruction(0x85, 0, 0, 0, 99), "(85) call bpf_helper#99"],
  [instruction(0x85, 0, 1, 7, 1), "(85) call pc+7#own"],
  [instruction(0x05, 0, 0, -3), "(05) goto pc-3"],
  [instruction(0x06, 0, 0, 0, 70_000), "(06) goto pc+70000"],
  [instruction(0x15, 1, 0, 4, -1), "(15) if r1 == 0xffffffff goto pc+4"],
  [instruction(0x2e, 1, 2, 4), "(2e) if w1 > w2 goto pc+4"],
  [instruction(0xd5, 1, 0, 4, 3), "(d5) if r1 s<= 0x3 goto pc+4"],
  [instruction(0x95), "(95) exit"],
  [Buffer.concat([instruction(0x18, 1, 1, 0, 12), instruction(0)]), "(18) r1 = map[id:12]"],
  [Buffer.concat([instruction(0x18, 1, 2, 0, 12), instruction(0, 0, 0, 0, 8)]), "(18) r1 = map[id:12][0]+8"],
  [Buffer.concat([instruction(0x18, 1, 0, 0, -1), instruction(0, 0, 0, 0, 1)]), "(18) r1 = 0x1ffffffff"],
])("%#: %s", (bytes, text) => {
  expect(printInstructions(bytes, names).map((one) => one.text)).toEqual([text]);
});

test("places count both halves of a wide load", () => {
  const code = Buffer.concat([instruction(0x18), instruction(0), instruction(0x95)]);
  expect(printInstructions(code, names).map(({ at }) => at)).toEqual([0, 2]);
});
