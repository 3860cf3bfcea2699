/** What most test files have: one server, one client. */
import { afterAll, beforeAll } from "vitest";
import { Client } from "./client";
import { startServer, type TestServer } from "./server";

export { asNobody, CAP_BPF, CAP_PERFMON } from "./nobody";

export interface Fixture {
  server: TestServer;
  client: Client;
}

/** A server and a client for all tests around the call; the fields are there once the tests run. */
export function withServer(args: readonly string[] = [], command?: readonly string[]): Fixture {
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
