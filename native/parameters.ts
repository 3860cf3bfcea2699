/** Parameter values to and from the bytes they have in .rodata. Every kernel that we support is little-endian. */
import { BpfError } from "./errors";
import type { ColumnType, ParameterSchema, ParameterValue } from "./index";

type Place = Pick<ParameterSchema, "name" | "type" | "size">;

const INTEGERS: Partial<Record<ColumnType, [bits: number, signed: boolean]>> = {
  u8: [8, false],
  s8: [8, true],
  u16: [16, false],
  s16: [16, true],
  u32: [32, false],
  s32: [32, true],
  u64: [64, false],
  s64: [64, true],
};

/** Throws ARGUMENT, naming the parameter and what it takes. */
export function encode(parameter: Place, value: ParameterValue): Buffer {
  const bytes = Buffer.alloc(parameter.size);
  const integer = INTEGERS[parameter.type];
  if (integer) {
    const [bits, signed] = integer;
    const low = signed ? -(2n ** BigInt(bits - 1)) : 0n;
    const high = 2n ** BigInt(signed ? bits - 1 : bits) - 1n;
    const whole = wholeNumber(value);
    if (whole === undefined || whole < low || whole > high)
      throw unfit(parameter, `a whole number from ${low} to ${high}`);
    const wide = Buffer.alloc(8);
    wide.writeBigUInt64LE(BigInt.asUintN(64, whole));
    return wide.subarray(0, parameter.size);
  }
  if (parameter.type === "bool") {
    if (typeof value !== "boolean") throw unfit(parameter, "true or false");
    bytes[0] = Number(value);
    return bytes;
  }
  if (parameter.type === "text") {
    const room = parameter.size - 1;
    if (typeof value !== "string" || value.includes("\0") || Buffer.byteLength(value) > room)
      throw unfit(parameter, `a text of at most ${room} bytes`);
    bytes.write(value);
    return bytes;
  }
  if (!Buffer.isBuffer(value) || value.length !== parameter.size)
    throw unfit(parameter, `a Buffer of ${parameter.size} bytes`);
  return value;
}

export function decode(parameter: Place, bytes: Buffer): ParameterSchema["default"] {
  const integer = INTEGERS[parameter.type];
  if (integer) {
    const [bits, signed] = integer;
    if (bits === 64) return signed ? bytes.readBigInt64LE() : bytes.readBigUInt64LE();
    return signed ? bytes.readIntLE(0, bits / 8) : bytes.readUIntLE(0, bits / 8);
  }
  if (parameter.type === "bool") return bytes[0] !== 0;
  if (parameter.type === "text") return bytes.toString().split("\0", 1).join();
  return bytes;
}

function wholeNumber(value: ParameterValue): bigint | undefined {
  if (typeof value === "bigint") return value;
  return typeof value === "number" && Number.isSafeInteger(value) ? BigInt(value) : undefined;
}

function unfit(parameter: Place, wanted: string): BpfError {
  return new BpfError("ARGUMENT", `Parameter ${parameter.name} takes ${wanted}`);
}
