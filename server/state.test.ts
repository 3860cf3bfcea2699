import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stateFolder, statePath } from "./state";

test.each([
  ["/srv/one", { STATE_DIRECTORY: "/var/lib/ringside", XDG_STATE_HOME: "/x" }, "/srv/one"],
  [
    undefined,
    { STATE_DIRECTORY: "/var/lib/ringside:/var/lib/more", XDG_STATE_HOME: "/x" },
    "/var/lib/ringside",
  ],
  [undefined, { XDG_STATE_HOME: "/x" }, "/x/ringside"],
  [undefined, { XDG_STATE_HOME: "relative" }, join(homedir(), ".local/state/ringside")],
  [undefined, {}, join(homedir(), ".local/state/ringside")],
])("--state %s and %j: %s", (named, environment, expected) => {
  expect(statePath(named, environment as unknown as NodeJS.ProcessEnv)).toBe(expected);
});

test("the folder is this user's alone; where there can be none, a sentence says so", () => {
  const above = mkdtempSync(join(tmpdir(), "ringside-state-"));
  try {
    const folder = stateFolder(join(above, "a", "b"));
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    writeFileSync(join(above, "file"), "");
    expect(() => stateFolder(join(above, "file", "below"))).toThrow(/file\/below cannot hold/);
  } finally {
    rmSync(above, { recursive: true });
  }
});
