/** `npm start`: set-up that has nothing to do, Ctrl-C, and a server with capabilities instead of root. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Client, until, value } from "../e2e/harness/client";
import { startServer } from "../e2e/harness/server";
import { fromRoot } from "../server/project";
import { setpriv } from "./privileges.mjs";

const isRoot = process.getuid?.() === 0;
const nobody = { uid: 65534, gid: 65534 };

test("set-up of an unmodified tree says and does nothing", { retry: 2 }, () => {
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [fromRoot("scripts", "setup.mjs")], {
    encoding: "utf8",
  });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "", stderr: "" });
  expect(performance.now() - began).toBeLessThan(2000);
});

test("serves the page within 3 s, and Ctrl-C ends the server too", { retry: 2 }, async () => {
  const began = performance.now();
  const state = mkdtempSync(join(tmpdir(), "ringside-start-"));
  const child = spawn(process.execPath, [fromRoot("scripts", "start.mjs"), "--port", "0"], {
    env: { ...process.env, RINGSIDE_NO_SUDO: "1", RINGSIDE_STATE: state },
  });
  try {
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    await until(() => output.includes("Ringside on "), 10_000);
    expect(performance.now() - began).toBeLessThan(3000);
    const url = /Ringside on (\S+)/.exec(output)?.[1] ?? "";
    expect((await fetch(url)).status).toBe(200);
    child.kill("SIGINT");
    const [code] = await once(child, "exit");
    expect(code).toBe(0);
    await expect(fetch(url)).rejects.toThrow();
  } finally {
    child.kill();
    rmSync(state, { recursive: true, force: true });
  }
});

test("capabilities instead of root are enough for every tool", async (ctx) => {
  if (!isRoot) ctx.skip("needs root, which alone can give another process capabilities");
  const server = await startServer([], setpriv(nobody));
  const client = await Client.connect(server.url);
  try {
    expect(readFileSync(`/proc/${server.pid}/status`, "utf8")).toMatch(/^Uid:\t65534\t65534\t65534\t65534$/m);
    expect(client.host.problems).toEqual([]);
    for (const tool of client.tools.values()) {
      const target = tool.targets.length > 0 ? { target: "c:malloc" } : {};
      const request = { tool: tool.name, parameters: {}, ...target };
      const run = value(await client.socket.emitWithAck("start", request));
      expect(value(await client.socket.emitWithAck("stop", run.id)).problem).toBeUndefined();
    }
  } finally {
    client.close();
    await server.stop();
  }
});

test("without any privilege it starts, and says what is missing and what gives it", async (ctx) => {
  if (!isRoot) ctx.skip("needs root, to become a user without privileges");
  const server = await startServer([], ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]);
  try {
    await until(() => /without CAP_BPF and CAP_PERFMON.*\n.*sudo npm start/.test(server.output()), 5000);
  } finally {
    await server.stop();
  }
});
