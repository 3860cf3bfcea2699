/** Who did what, from where, and what came of it: JSON lines in the state folder, bounded, newest file `audit.jsonl`. */

import { appendFileSync, closeSync, fstatSync, openSync, readSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Logger } from "pino";
import { isThere } from "../is-there";
import type { AuditEntry } from "../protocol/access";
import { Bucket } from "./bucket";

/** About 20,000 lines. */
const FILE_BYTES = 4 * 1024 * 1024;
/** Older files beside the one that is written to: audit.1.jsonl is the newest of them. */
const OLDER = 4;
/** A request that is longer is cut: its beginning tells what it was. */
const WITH_CHARACTERS = 1000;

/** Refusals of one client that are written: some at once, then one in ten seconds. A flood must not push out what was done. */
const REFUSALS = { most: 20, aSecond: 0.1 };
const MOST_CLIENTS = 1000;

export class Audit {
  private failed = false;
  private readonly refusals = new Map<string, Bucket>();
  private unwritten = 0;

  /** `fileBytes`: how long a file gets before the next is begun. */
  constructor(
    private readonly state: string,
    private readonly log: Logger,
    private readonly fileBytes = FILE_BYTES,
  ) {}

  /** Never throws: what cannot be written, on a full disk, is in the server's log and no reason to refuse. */
  write(entry: Omit<AuditEntry, "at">): void {
    if (entry.outcome !== "ok" && !this.mayWriteRefusal(`${entry.who} ${entry.from}`)) {
      this.unwritten++;
      return;
    }
    const line: AuditEntry = { at: new Date().toISOString(), ...entry };
    if (this.unwritten > 0) line.more = this.unwritten;
    this.unwritten = 0;
    const text = JSON.stringify(entry.with);
    if (text !== undefined && text.length > WITH_CHARACTERS) line.with = `${text.slice(0, WITH_CHARACTERS)}…`;
    try {
      const file = this.file(0);
      if (isThere(file) && statSync(file).size >= this.fileBytes) this.rotate();
      appendFileSync(file, `${JSON.stringify(line)}\n`, { mode: 0o600 });
      this.failed = false;
    } catch (error) {
      if (!this.failed) this.log.error({ err: error }, "the audit log cannot be written");
      this.failed = true;
      this.log.warn(line, "audit");
    }
  }

  /** The newest lines, at most `most`, newest first. */
  newest(most: number): AuditEntry[] {
    const entries: AuditEntry[] = [];
    for (let age = 0; age <= OLDER && entries.length < most; age++) {
      const file = this.file(age);
      if (!isThere(file)) break;
      const lines = tail(file, most * 400).reverse();
      for (const line of lines) {
        const entry = parse(line);
        if (entry && entries.length < most) entries.push(entry);
      }
    }
    return entries;
  }

  private mayWriteRefusal(client: string): boolean {
    let bucket = this.refusals.get(client);
    if (!bucket) {
      if (this.refusals.size >= MOST_CLIENTS) this.refusals.clear();
      bucket = new Bucket(REFUSALS.most, REFUSALS.aSecond);
      this.refusals.set(client, bucket);
    }
    return bucket.take();
  }

  private rotate(): void {
    for (let age = OLDER - 1; age >= 0; age--)
      if (isThere(this.file(age))) renameSync(this.file(age), this.file(age + 1));
  }

  private file(age: number): string {
    return join(this.state, age === 0 ? "audit.jsonl" : `audit.${age}.jsonl`);
  }
}

/** Whole lines of the last `bytes` of a file. */
function tail(file: string, bytes: number): string[] {
  const fd = openSync(file, "r");
  try {
    const { size } = fstatSync(fd);
    const buffer = Buffer.alloc(Math.min(size, bytes));
    const length = readSync(fd, buffer, 0, buffer.length, size - buffer.length);
    const lines = buffer.toString("utf8", 0, length).split("\n").filter(Boolean);
    return length < size ? lines.slice(1) : lines;
  } finally {
    closeSync(fd);
  }
}

/** A line that was cut short when the power went is passed over. */
function parse(line: string): AuditEntry | undefined {
  try {
    return JSON.parse(line) as AuditEntry;
  } catch {
    return undefined;
  }
}
