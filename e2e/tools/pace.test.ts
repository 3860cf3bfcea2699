/** How often a map is read: once a second, or every 100 ms while a viewer asks; what was counted is the same. */
import { expect, onTestFinished, test } from "vitest";
import { Client, value } from "../harness/client";
import { withServer } from "../harness/fixture";

const at = withServer();
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test("a viewer who asks has a map read every 100 ms, until the last who asked has gone", async () => {
  const seen = await at.client.start("runqlat");
  const batchesIn = async (ms: number) => {
    const before = seen.batches;
    await wait(ms);
    return seen.batches - before;
  };
  await wait(1200);
  expect(await batchesIn(2500)).toBeLessThanOrEqual(4);
  at.client.socket.emit("pace", seen.info.id, true);
  await wait(200);
  // A host with no CPU to spare reads late, not more than ten times a second.
  const fine = await batchesIn(2000);
  expect(fine).toBeGreaterThan(8);
  expect(fine).toBeLessThanOrEqual(22);

  const other = await Client.connect(at.server.url);
  onTestFinished(() => other.close());
  await other.watch(seen.info);
  other.socket.emit("pace", seen.info.id, true);
  await wait(100);
  at.client.socket.emit("pace", seen.info.id, false);
  await wait(300);
  expect(await batchesIn(1500)).toBeGreaterThan(6);
  other.close();
  await wait(300);
  expect(await batchesIn(2500)).toBeLessThanOrEqual(4);

  const ended = await at.client.stop(seen);
  // Read often or seldom, every wait was counted once.
  expect(seen.counted).toBe(ended.count);
});

test("asking about a run that one does not watch, or that has rows, changes nothing", async () => {
  const rows = await at.client.start("execsnoop");
  at.client.socket.emit("pace", 123_456, true);
  at.client.socket.emit("pace", rows.info.id, true);
  await wait(300);
  value(await at.client.socket.emitWithAck("stop", rows.info.id));
});
