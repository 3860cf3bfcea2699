/** Why a call failed: what the addon throws (an errno and libbpf's words) becomes one of a few codes. */

/** The closed list of reasons. `detail` holds libbpf's or the verifier's own words where there are any. */
export type BpfErrorCode =
  | "CLOSED" // the object was closed before
  | "STATE" // right call, wrong moment (configure after load, attach before load, …)
  | "ARGUMENT" // a value of the wrong type or range, an unknown parameter, program or table
  | "OBJECT" // not an eBPF object, or one without BTF
  | "BTF" // this kernel has no BTF
  | "PERMISSION" // EPERM or EACCES without a verifier log
  | "VERIFIER" // the verifier refused a program; detail is its log
  | "UNSUPPORTED" // this kernel lacks the program type, attach type, map type or helper
  | "NOT_FOUND" // no such kernel function, symbol, tracepoint, interface, cgroup, process
  | "LIMIT" // memory, file descriptors, number of events
  | "SYSTEM"; // any other errno; the message names it

export class BpfError extends Error {
  constructor(
    readonly code: BpfErrorCode,
    message: string,
    readonly detail?: string,
  ) {
    super(message);
    this.name = "BpfError";
  }
}

/** Linux's numbers, and 524 (ENOTSUPP) and 4000… (libbpf), which no user space header names. */
const CODES: Record<number, BpfErrorCode> = {
  1: "PERMISSION", // EPERM
  2: "NOT_FOUND", // ENOENT
  3: "NOT_FOUND", // ESRCH
  6: "NOT_FOUND", // ENXIO
  7: "LIMIT", // E2BIG
  12: "LIMIT", // ENOMEM
  13: "PERMISSION", // EACCES
  19: "NOT_FOUND", // ENODEV
  20: "NOT_FOUND", // ENOTDIR
  23: "LIMIT", // ENFILE
  24: "LIMIT", // EMFILE
  28: "LIMIT", // ENOSPC
  38: "UNSUPPORTED", // ENOSYS
  95: "UNSUPPORTED", // EOPNOTSUPP
  524: "UNSUPPORTED", // ENOTSUPP
  4001: "OBJECT", // LIBBPF_ERRNO__FORMAT
  4005: "OBJECT", // LIBBPF_ERRNO__RELOC
  4010: "UNSUPPORTED", // LIBBPF_ERRNO__PROGTYPE
};

const VERIFIER_LOG = "BEGIN PROG LOAD LOG";
/** How libbpf and the verifier say that the kernel lacks a helper, a kernel function, a callback, or a field that is read. */
const LACKS =
  /unknown func |invalid func unknown#|program of this type cannot use helper |unrecognized bpf_ld_imm64 insn|invalid CO-RE relocation/;
/** Its name, where the verifier says it; "unknown" is one that the kernel has never heard of. */
const LACKED = /(?:unknown func|cannot use helper) (\w+)#/;
const NO_BTF =
  /kernel BTF is missing|failed to find valid kernel BTF|Error loading vmlinux BTF|vmlinux BTF is not found/;

interface NativeError extends Error {
  code: BpfErrorCode | "";
  errno: number;
  detail: string;
}

function codeOf(error: NativeError): BpfErrorCode {
  if (error.detail.includes(VERIFIER_LOG)) return LACKS.test(error.detail) ? "UNSUPPORTED" : "VERIFIER";
  if (NO_BTF.test(error.detail)) return "BTF";
  return error.code || (CODES[error.errno] ?? "SYSTEM");
}

function sentence(error: NativeError, code: BpfErrorCode): string {
  const refused = /prog '([^']+)': BPF program load failed/.exec(error.detail)?.[1];
  if (code === "VERIFIER") return `The kernel's verifier refused program ${refused ?? "(unnamed)"}`;
  if (code === "BTF") return `${error.message}: this kernel has no BTF (/sys/kernel/btf/vmlinux)`;
  const absent = /failed to find kernel BTF type ID of '([^']+)'/.exec(error.detail)?.[1];
  if (absent) return error.message.replace(/[^:]*$/, ` this kernel has no ${absent}`);
  const helper = LACKED.exec(error.detail)?.[1];
  const lacks = helper && helper !== "unknown" ? `: this kernel does not offer ${helper} to it` : "";
  return refused ? `${error.message} (program ${refused})${lacks}` : error.message;
}

function isNative(error: unknown): error is NativeError {
  return error instanceof Error && "detail" in error && "errno" in error && "code" in error;
}

/** Runs a call of the addon and throws what it throws as BpfError. */
export function native<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw bpfError(error);
  }
}

/** The same of a call that takes its time. */
export async function nativeSoon<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw bpfError(error);
  }
}

export function bpfError(error: unknown): unknown {
  if (!isNative(error)) return error;
  const code = codeOf(error);
  return new BpfError(code, sentence(error, code), error.detail.trim() || undefined);
}
