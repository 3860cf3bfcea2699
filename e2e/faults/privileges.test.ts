/** The server with less than it needs: it starts, says what is missing, and does what it can. */
import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { fromRoot } from "../../server/project";
import { Refused } from "../harness/client";
import { asNobody, CAP_BPF, CAP_PERFMON, withServer } from "../harness/fixture";
import { build, hold, run, scratchFolder } from "../harness/load";

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

  test("what tracefs keeps from it is refused with the reason and the fix", async () => {
    const refused = await at.client
      .start("funccount", {}, "t:sched:sched_switch")
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Refused);
    expect((refused as Refused).problem.reason).toMatch(/tracefs/);
    expect((refused as Refused).problem.fix).toMatch(/CAP_DAC_READ_SEARCH/);
  });
});
