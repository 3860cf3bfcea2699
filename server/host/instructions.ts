/** Prints eBPF instructions as the kernel's own disassembler (kernel/bpf/disasm.c) and bpftool do. */

/** Names that only the host knows. */
export interface CallNames {
  /** A helper or kernel function by its distance from __bpf_call_base; "" where it is hidden. */
  helper(offset: number): string;
  /** A function of the program itself by its number; "" where it is hidden. */
  own(number: number): string;
  /** Whether the program is compiled: only then its functions have names. */
  compiled: boolean;
}

export interface Instruction {
  /** Index of the instruction; one that loads 64 bits takes two. */
  at: number;
  text: string;
}

const ALU = ["+=", "-=", "*=", "/=", "|=", "&=", "<<=", ">>=", "neg", "%=", "^=", "=", "s>>=", "endian"];
const JUMPS: Record<number, string> = {
  1: "==",
  2: ">",
  3: ">=",
  4: "&",
  5: "!=",
  6: "s>",
  7: "s>=",
  10: "<",
  11: "<=",
  12: "s<",
  13: "s<=",
};
const SIZES = ["u32", "u16", "u8", "u64"];
const SIGNED_SIZES = ["s32", "s16", "s8", "s64"];
const ATOMICS: Record<number, [sign: string, name: string]> = {
  0: ["+=", "add"],
  80: ["&=", "and"],
  64: ["|=", "or"],
  160: ["^=", "xor"],
};
const DOUBLE = 0x18; // BPF_LD | BPF_IMM | BPF_DW

interface Fields {
  code: number;
  dst: number;
  src: number;
  off: number;
  imm: number;
  /** The immediate of the instruction behind, for those that take two. */
  next: number;
}

const plus = (value: number): string => (value < 0 ? String(value) : `+${value}`);

function alu({ code, dst, src, off, imm }: Fields): string {
  const register = (code & 7) === 7 ? "r" : "w";
  const op = code >> 4;
  const fromRegister = (code & 8) !== 0;
  if (op === 13) {
    if (register === "r") return `r${dst} = bswap${imm} r${dst}`;
    return `r${dst} = ${fromRegister ? "be" : "le"}${imm} r${dst}`;
  }
  if (op === 8) return `${register}${dst} = -${register}${dst}`;
  const signed = off === 1 && (op === 3 || op === 9);
  const sign = signed ? `s${ALU[op]}` : (ALU[op] ?? "?");
  if (!fromRegister) return `${register}${dst} ${sign} ${imm}`;
  if (op === 11 && off === 1 && imm !== 0)
    return `r${dst} = addr_space_cast(r${src}, ${imm >>> 16}, ${imm & 0xffff})`;
  // BPF_ADDR_PERCPU: what the kernel itself puts in for a look-up in a per-CPU map (Linux 6.10).
  if (op === 11 && off === -1) return `r${dst} = &(void __percpu *)(r${src})`;
  const cast = op === 11 && off !== 0 ? `(s${off})` : "";
  return `${register}${dst} ${sign} ${cast}${register}${src}`;
}

function atomic({ code, dst, src, off, imm }: Fields): string {
  const size = SIZES[(code >> 3) & 3];
  const wide = size === "u64" ? "64" : "";
  const where = `(${size} *)(r${dst} ${plus(off)})`;
  if (imm === 0x100) return `r${dst} = load_acquire((${size} *)(r${src} ${plus(off)}))`;
  if (imm === 0x110) return `store_release(${where}, r${src})`;
  if (imm === 0xf1) return `r0 = atomic${wide}_cmpxchg(${where}, r0, r${src})`;
  if (imm === 0xe1) return `r${src} = atomic${wide}_xchg(${where}, r${src})`;
  const [sign, name] = ATOMICS[imm & ~1] ?? [];
  if (!name) return "unknown";
  return imm & 1
    ? `r${src} = atomic${wide}_fetch_${name}(${where}, r${src})`
    : `lock *${where} ${sign} r${src}`;
}

function memory(fields: Fields): string {
  const { code, dst, src, off, imm } = fields;
  const size = SIZES[(code >> 3) & 3];
  const mode = code >> 5;
  switch (code & 7) {
    case 3:
      return mode === 6 ? atomic(fields) : `*(${size} *)(r${dst} ${plus(off)}) = r${src}`;
    case 2:
      return mode === 6 ? "nospec" : `*(${size} *)(r${dst} ${plus(off)}) = ${imm}`;
    case 1: {
      const type = mode === 4 ? SIGNED_SIZES[(code >> 3) & 3] : size;
      return `r${dst} = *(${type} *)(r${src} ${plus(off)})`;
    }
    default:
      if (mode === 1) return `r0 = *(${size} *)skb[${imm}]`;
      if (mode === 2) return `r0 = *(${size} *)skb[r${src} + ${imm}]`;
      return "unknown";
  }
}

function load64({ dst, src, imm, next }: Fields): string {
  const wide = (BigInt(next >>> 0) << 32n) | BigInt(imm >>> 0);
  const what = [
    `0x${wide.toString(16)}`,
    `map[id:${imm >>> 0}]`,
    `map[id:${imm >>> 0}][0]+${next >>> 0}`,
    `0x${wide.toString(16)}`, // the address of a kernel's variable
    `subprog[${plus(imm)}]`,
    `map[idx:${imm >>> 0}]`,
    `map[idx:${imm >>> 0}]+${next >>> 0}`,
  ][src];
  return `r${dst} = ${what ?? `0x${wide.toString(16)}`}`;
}

function call({ src, off, imm }: Fields, names: CallNames): string {
  if (src !== 1) return `call ${names.helper(imm) || "unknown"}#${imm}`;
  if (!names.compiled) return `call pc${plus(off)}`;
  return `call pc${plus(off)}#${names.own(imm) || "unknown"}`;
}

function jump(fields: Fields, names: CallNames): string {
  const { code, dst, src, off, imm } = fields;
  const register = (code & 7) === 6 ? "w" : "r";
  const op = code >> 4;
  if (op === 8) return call(fields, names);
  if (op === 9) return "exit";
  if (op === 0) {
    if (code & 8) return `gotox r${dst}`;
    return `goto pc${plus(register === "w" ? imm : off)}`;
  }
  if (op === 14) return `${src === 0 ? "may_goto" : "goto_or_nop"} pc${plus(off)}`;
  const right = code & 8 ? `${register}${src}` : `0x${(imm >>> 0).toString(16)}`;
  return `if ${register}${dst} ${JUMPS[op] ?? "?"} ${right} goto pc${plus(off)}`;
}

function textOf(fields: Fields, names: CallNames): string {
  const { code } = fields;
  const kind = code & 7;
  if (code === DOUBLE) return load64(fields);
  if (kind === 4 || kind === 7) return alu(fields);
  return kind === 5 || kind === 6 ? jump(fields, names) : memory(fields);
}

/** Each with its code in front, "(b7) r0 = 0". `code`: struct bpf_insn, 8 bytes each. */
export function printInstructions(code: Buffer, names: CallNames): Instruction[] {
  const printed: Instruction[] = [];
  for (let at = 0; at * 8 + 8 <= code.length; at++) {
    const place = at * 8;
    const registers = code.readUInt8(place + 1);
    const fields: Fields = {
      code: code.readUInt8(place),
      dst: registers & 15,
      src: registers >> 4,
      off: code.readInt16LE(place + 2),
      imm: code.readInt32LE(place + 4),
      next: place + 16 <= code.length ? code.readInt32LE(place + 12) : 0,
    };
    const number = fields.code.toString(16).padStart(2, "0");
    printed.push({ at, text: `(${number}) ${textOf(fields, names)}` });
    if (fields.code === DOUBLE) at++;
  }
  return printed;
}

/** Distances of every helper that is called, for `CallNames.helper`. */
export function helpersIn(code: Buffer): Set<number> {
  const found = new Set<number>();
  for (let place = 0; place + 8 <= code.length; place += 8) {
    const number = code.readUInt8(place);
    if (number === 0x85 && code.readUInt8(place + 1) >> 4 !== 1) found.add(code.readInt32LE(place + 4));
    if (number === DOUBLE) place += 8;
  }
  return found;
}
