/** What most test files have: one server, one client. */
import { afterAll, beforeAll } from "vitest";
import { Client } from "./client";
import { startServer, type TestServer } from "./server";

export interface Fixture {
  server: TestServer;
  client: Client;
}

/** A server and a client for all tests around the call; the fields are there once the tests run. */
export function withServer(args: readonly string[] = [], command: readonly string[] = []): Fixture {
  const fixture = {} as Fixture;
  beforeAll(async () => {
    fixture.server = await startServer(args, command);
    fixture.client = await Client.connect(fixture.server.url);
  });
  afterAll(async () => {
    fixture.client?.close();
    await fixture.server?.stop();
  });
  return fixture;
}

/** Runs what follows it as a user who is nobody, with these capabilities only. */
export function asNobody(...capabilities: readonly number[]): string[] {
  const list = capabilities.map((capability) => `+cap_${capability}`).join(",") || "-all";
  return [
    "setpriv",
    "--reuid=65534",
    "--regid=65534",
    "--clear-groups",
    `--inh-caps=${list}`,
    `--ambient-caps=${list}`,
  ];
}

/** Numbers from include/uapi/linux/capability.h: setpriv knows newer names only with a newer libcap-ng. */
export const CAP_PERFMON = 38;
export const CAP_BPF = 39;
