import { expect, test } from "vitest";
import { readable } from "./map-rows";

test.each([
  ["(__u32)7", "7"],
  [
    "(struct totals){.calls = (__u64)3,.comm = (comm)['s','h',],.none = (comm)[],}",
    '{.calls = 3, .comm = "sh", .none = []}',
  ],
  [
    "(struct key){.pid = (pid_n)12,.inner = (struct inner){.a = (unsigned int)1,},}",
    "{.pid = 12, .inner = {.a = 1}}",
  ],
  ["(__u64[2])[1,2,]", "[1, 2]"],
  ["(struct s){.comm = (comm)['a',',','b','(','x',')',],.c = (char)',',}", `{.comm = "a,b(x)", .c = ','}`],
  ["CPU 0: (__u64)5\nCPU 1: (__u64)6", "CPU 0: 5\nCPU 1: 6"],
])("%s", (text, plain) => {
  expect(readable(text)).toBe(plain);
});
