/** Targets of `BpfObject.attach`, checked and handed to the call of C++ that takes them. */
import type { NativeObject } from "./addon";
import { check, isText, isTexts, isWhole } from "./check";
import type { AttachTarget } from "./index";

/** The kernel's pids are below 2^22. */
const MAX_PID = 2 ** 22;

export function attach(
  object: NativeObject,
  program: string,
  target: AttachTarget | undefined,
): Promise<void> {
  if (target === undefined) return object.attachAuto(program);
  check(typeof target === "object" && target !== null, "A target is an object");
  if ("interface" in target) {
    check(isText(target.interface), "The interface is a text");
    return object.attachInterface(program, target.interface);
  }
  if ("cgroup" in target) {
    check(isText(target.cgroup), "The cgroup is the path of a directory");
    return object.attachCgroup(program, target.cgroup);
  }
  if ("functions" in target) return attachFunctions(object, program, target.functions, target.cookies ?? []);
  if ("frequency" in target) {
    check(isWhole(target.frequency, 1, 1e6), "The frequency is a whole number from 1 to 1000000");
    return object.attachFrequency(program, target.frequency, pidOf(target));
  }
  if ("tracepoint" in target) {
    const [category, name, ...rest] = isText(target.tracepoint) ? target.tracepoint.split(":") : [];
    const two = isText(category) && isText(name) && rest.length === 0;
    check(two, "A tracepoint is a text like sched:sched_switch");
    return object.attachTracepoint(program, category, name, cookieOf(target));
  }
  return attachUser(object, program, target);
}

type UserTarget = Extract<AttachTarget, { binary: string }>;

function attachUser(object: NativeObject, program: string, target: UserTarget): Promise<void> {
  check(isText(target.binary), "A target is one of those that AttachTarget lists");
  if ("symbol" in target) {
    check(isText(target.symbol), "The symbol is a text");
    return object.attachSymbol(program, target.binary, target.symbol, pidOf(target), cookieOf(target));
  }
  check(isWhole(target.offset, 0, Number.MAX_SAFE_INTEGER), "The offset is a whole number");
  return object.attachOffset(program, target.binary, target.offset, pidOf(target), cookieOf(target));
}

function attachFunctions(
  object: NativeObject,
  program: string,
  names: readonly string[],
  cookies: readonly number[],
): Promise<void> {
  check(isTexts(names) && names.length > 0, "The functions are a list of names");
  check(Array.isArray(cookies) && cookies.every(isCookie), "A cookie is a whole number");
  check(cookies.length === 0 || cookies.length === names.length, "There is one cookie for each function");
  return object.attachFunctions(program, names, cookies);
}

function pidOf(target: { pid?: number }): number {
  const pid = target.pid ?? 0;
  check(isWhole(pid, 0, MAX_PID), "A pid is a whole number");
  return pid;
}

function isCookie(value: unknown): value is number {
  return isWhole(value, 0, Number.MAX_SAFE_INTEGER);
}

function cookieOf(target: { cookie?: number }): number {
  const cookie = target.cookie ?? 0;
  check(isCookie(cookie), "A cookie is a whole number");
  return cookie;
}
