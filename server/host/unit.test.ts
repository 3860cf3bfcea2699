import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { unitText } from "./unit";

test("the server's options reach it as they were given, whatever systemd makes of signs", () => {
  const command = /^ExecStart=(.*)$/m.exec(unitText(["--port", "4700", "--allow-host", 'a "b" %h $X']))?.[1];
  expect(command).toMatch(/ --port 4700 --allow-host "a \\"b\\" %%h \$\$X"$/);
});

test("systemd finds nothing wrong with the unit, and calls its exposure no worse than OK", (ctx) => {
  if (spawnSync("systemd-analyze", ["--version"]).status !== 0) ctx.skip("there is no systemd-analyze here");
  const folder = mkdtempSync(join(tmpdir(), "ringside-unit-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "ringside.service");
  // The user is made with the service: verify would miss it.
  writeFileSync(file, unitText([]).replaceAll(/^(User|Group)=ringside\n/gm, ""));
  const { status, stderr } = spawnSync("systemd-analyze", ["verify", file], { encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const { stdout } = spawnSync("systemd-analyze", ["security", "--offline=true", file], { encoding: "utf8" });
  // Without the two lines above it counts as root's, which costs it some.
  expect(Number(/exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1])).toBeLessThan(5);
});
