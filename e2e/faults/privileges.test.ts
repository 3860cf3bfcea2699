/** The server with less than it needs: it starts, says what is missing, and does what it can. */
import { chmodSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { fromRoot } from "../../server/project";
import { Refused } from "../harness/client";
import { withServer } from "../harness/fixture";
import { build, hold, run, scratchFolder } from "../harness/load";
import { asNobody, CAP_BPF, CAP_DAC_READ_SEARCH, CAP_PERFMON, CAP_SYS_ADMIN } from "../harness/nobody";

/** Adding a tool must not need an edit here. */
const builtTools = readdirSync(fromRoot("bpf"))
  .flatMap((file) => /^(.+)\.bpf\.c$/.exec(file)?.[1] ?? [])
  .sort();

describe("without any capability", () => {
  const at = withServer([], asNobody());

  test("it starts and says what is missing, to the terminal and to the page", async () => {
    expect(at.server.output()).toMatch(/CAP_BPF and CAP_PERFMON/);
    const [problem] = at.client.host.problems;
    expect(problem?.reason).toMatch(/CAP_BPF and CAP_PERFMON/);
    expect(problem?.fix).toMatch(/sudo npm start/);
    expect([...at.client.tools.keys()].sort()).toEqual(builtTools);
    for (const tool of at.client.tools.values()) expect(tool.unavailable).toEqual(problem);
  });

  test.each(["opensnoop", "biolatency", "profile"])(
    "%s is refused with the reason and the fix",
    async (tool) => {
      const refused = await at.client.start(tool).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(Refused);
      const { reason, fix } = (refused as Refused).problem;
      expect(reason).toContain(tool);
      expect(reason).toContain("CAP_BPF");
      expect(fix).toContain("sudo npm start");
    },
  );
});

describe("with one of the two capabilities", () => {
  const at = withServer([], asNobody(CAP_BPF));
  test("it names the other", () => {
    expect(at.client.host.problems[0]?.reason).toMatch(/without CAP_PERFMON,/);
  });
});

describe("as nobody with CAP_BPF and CAP_PERFMON", () => {
  const at = withServer([], asNobody(CAP_PERFMON, CAP_BPF));

  test("nothing is missing", () => {
    expect(at.client.host.problems).toEqual([]);
  });

  test("every tool without a target starts", async () => {
    for (const tool of at.client.tools.values()) {
      if (tool.targets.length > 0) continue;
      expect(tool.unavailable).toBeUndefined();
      const seen = await at.client.start(tool.name);
      await at.client.stop(seen);
    }
  });

  test("rows are those of the load", async () => {
    const load = await hold(build("opens.c"), [scratchFolder(), "1000"]);
    const seen = await at.client.start("opensnoop", { pid: load.pid });
    await run(load);
    await at.client.stop(seen);
    expect(seen.rows).toHaveLength(1000);
  });

  const refusalOf = async (tool: string, target: string) => {
    const refused = await at.client.start(tool, {}, target).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Refused);
    return (refused as Refused).problem;
  };

  test("what tracefs keeps from it is refused with the reason and the fix", async () => {
    const { reason, fix } = await refusalOf("funccount", "t:sched:sched_switch");
    expect(reason).toMatch(/events.*tracefs lets only/);
    expect(fix).toMatch(/CAP_DAC_READ_SEARCH/);
    expect(fix).not.toMatch(/[Mm]ount/);
  });

  test.each(["funccount", "funclatency"])("%s on a program names the one that is missing", async (tool) => {
    const { reason, fix } = await refusalOf(tool, "c:malloc");
    expect(reason).toMatch(/attach .*libc/);
    expect(fix).toMatch(/lacks CAP_SYS_ADMIN, which/);
    expect(fix).not.toMatch(/CAP_BPF|CAP_PERFMON|CAP_DAC/);
  });

  test("a program of its own that root keeps to himself is told from one that is not there", async () => {
    const folder = scratchFolder();
    const program = build("calls.c", [], "private");
    chmodSync(program, 0o700);
    const kept = await refusalOf("funccount", `${program}:counted_one`);
    expect(kept.reason).toContain(`may not read ${program}`);
    expect(kept.fix).toMatch(/CAP_DAC_READ_SEARCH/);
    const absent = await refusalOf("funccount", `${folder}/absent:counted_one`);
    expect(absent.reason).toMatch(/no program or library/);
  });
});

describe("with CAP_SYS_ADMIN and CAP_DAC_READ_SEARCH too", () => {
  const at = withServer([], asNobody(CAP_PERFMON, CAP_BPF, CAP_SYS_ADMIN, CAP_DAC_READ_SEARCH));
  test.each(["c:malloc", "t:sched:sched_switch"])("funccount on %s starts", async (target) => {
    await at.client.stop(await at.client.start("funccount", {}, target));
  });
});

describe("where tracefs is not mounted", () => {
  const unmounted = ["unshare", "--mount", "sh", "-c", 'umount -a -t tracefs && exec "$@"', "sh"];
  const at = withServer([], unmounted);
  test("it says so, and how to mount it", async () => {
    const refused = await at.client
      .start("funccount", {}, "t:sched:sched_switch")
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Refused);
    expect((refused as Refused).problem.reason).toMatch(/tracefs is not mounted/);
    expect((refused as Refused).problem.fix).toMatch(/mount -t tracefs/);
  });
});
