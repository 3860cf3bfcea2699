import { expect, test } from "vitest";
import { History } from "./history";

function batch(rows: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUInt32LE(rows, 0);
  return buffer;
}

test("numbers entries and rows from the start of the run", () => {
  const history = new History(1000, 15);
  history.append(0, batch(3, 80));
  history.append(16, batch(2, 40));
  expect([history.start, history.end, history.rows, history.bytes]).toEqual([0, 2, 5, 120]);
  expect(history.get(1)).toMatchObject({ first: 3, rows: 2, at: 16, offset: 80 });
  expect(history.bytesFrom(1)).toBe(40);
});

test("drops the oldest past its bytes and keeps counting", () => {
  const history = new History(1000, 15);
  for (let i = 0; i < 100; i++) history.append(i, batch(1, 100));
  expect(history.bytes).toBeLessThanOrEqual(1400);
  expect(history.end).toBe(100);
  expect(history.totalRows).toBe(100);
  expect(history.get(0)).toBeUndefined();
  expect(history.get(history.start)?.first).toBe(100 - history.rows);
});

test("drops what is older than its minutes, but never the newest", () => {
  const history = new History(1e9, 1);
  for (let i = 0; i < 10; i++) history.append(i * 30_000, batch(1, 8));
  expect(history.rows).toBeLessThanOrEqual(4);
  history.append(1e9, batch(7, 8));
  expect(history.rows).toBe(7);
});

test("a storm allocates nothing once the history is full: its memory is used again", () => {
  const history = new History(1 << 20, 15);
  const memory = (batches: number): number => {
    const seen = new Set<ArrayBufferLike>();
    for (let i = 0; i < batches; i++) {
      const room = history.room();
      // As long as they come: up to what a tick of a storm leaves, or all the room there is.
      history.take(i, Math.min(room.length, 8 * (1 + ((i * 7919) % 20_000))));
      seen.add(room.buffer);
    }
    return seen.size;
  };
  memory(100);
  const few = memory(100);
  expect(memory(10_000)).toBeLessThanOrEqual(few + 2);
});
