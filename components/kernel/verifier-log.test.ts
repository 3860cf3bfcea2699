import { expect, test } from "vitest";
import { readVerifierLog } from "./verifier-log";

/** As libbpf hands it over, of a kernel of this year. */
const log = `libbpf: prog 'sched_switch': BPF program load failed: Permission denied
libbpf: prog 'sched_switch': -- BEGIN PROG LOAD LOG --
0: R1=ctx() R10=fp0
; __u32 any = bpf_get_smp_processor_id(); @ rejected.bpf.c:12
0: (85) call bpf_get_smp_processor_id#8       ; R0=scalar()
1: (63) *(u32 *)(r10 -4) = r0         ; R0=scalar() R10=fp0
; struct loss *here = bpf_map_lookup_elem(&loss, &any); @ rejected.bpf.c:13
5: (85) call bpf_map_lookup_elem#1    ; R0=map_value_or_null(id=1)
; here->ring = wanted(); @ rejected.bpf.c:14
8: (7b) *(u64 *)(r0 +0) = r1
R0 invalid mem access 'map_value_or_null'
processed 9 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0
-- END PROG LOAD LOG --
libbpf: failed to load object 'rejected.bpf.o'`;

test("the failing instruction, its source and the verdict are found", () => {
  const read = readVerifierLog(log);
  expect(read?.program).toBe("sched_switch");
  expect(read?.lines[read.failedAt]?.text).toBe("8: (7b) *(u64 *)(r0 +0) = r1");
  expect(read?.lines[read.sourceAt]?.text).toBe("; here->ring = wanted(); @ rejected.bpf.c:14");
  expect(read?.verdict).toBe("R0 invalid mem access 'map_value_or_null'");
  expect(read?.hint).toMatch(/NULL/);
});

test.each([
  ["R1 !read_ok", /never written/],
  ["back-edge from insn 4 to 2", /no bound/],
  ["R2 unbounded memory access, make sure to bounds check any such access", /limit the index/],
  ["invalid indirect read from stack R2 off -16+0 size 16", /begin with/],
  ["R1 type=scalar expected=fp", /another kind of pointer/],
  ["something that no one has seen before", /^$/],
])("%s", (verdict, hint) => {
  const read = readVerifierLog(
    `-- BEGIN PROG LOAD LOG --\n0: (95) exit\n${verdict}\n-- END PROG LOAD LOG --`,
  );
  expect(read?.verdict).toBe(verdict);
  expect(read?.hint).toMatch(hint);
  expect(read?.sourceAt).toBe(-1);
});

test("a helper that is refused before any instruction is shown", () => {
  const read = readVerifierLog(
    "-- BEGIN PROG LOAD LOG --\nunknown func bpf_future#9999\n-- END PROG LOAD LOG --",
  );
  expect(read?.failedAt).toBe(-1);
  expect(read?.verdict).toBe("unknown func bpf_future#9999");
});

test("other words are no log", () => {
  expect(readVerifierLog("libbpf: failed to find kernel BTF")).toBeUndefined();
});
