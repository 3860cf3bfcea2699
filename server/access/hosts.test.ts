import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { allowedHosts, isLoopback, mayPass } from "./hosts";

const passes = (headers: Record<string, string>, extra: string[] = []) =>
  mayPass({ headers } as unknown as IncomingMessage, allowedHosts("127.0.0.1", extra));

test.each([
  [{ host: "127.0.0.1:4600" }, true],
  [{ host: "localhost:4600", origin: "http://localhost:4600" }, true],
  [{ host: "[::1]:4600" }, true],
  [{}, false],
  [{ host: "evil.example:4600" }, false],
  [{ host: "127.0.0.1.evil.example:4600" }, false],
  [{ host: "127.0.0.1:4600", origin: "http://evil.example" }, false],
  [{ host: "127.0.0.1:4600", origin: "http://127.0.0.1:8080" }, false],
  [{ host: "127.0.0.1:4600", origin: "null" }, false],
])("%j passes: %s", (headers, expected) => {
  expect(passes(headers as Record<string, string>)).toBe(expected);
});

test("a name given with --allow-host passes", () => {
  expect(passes({ host: "db-3.prod:4600" }, ["db-3.prod"])).toBe(true);
});

test("loopback addresses", () => {
  expect(["127.0.0.1", "127.1.2.3", "::1", "localhost"].every(isLoopback)).toBe(true);
  expect(["0.0.0.0", "::", "10.0.0.1", "example.org", "127.example.org"].some(isLoopback)).toBe(false);
});
