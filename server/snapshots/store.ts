/**
 * Snapshots on the disk: `ID.json.gz`, as it is exported, and `ID.summary.json`, what the list tells of it. One is there
 * once its summary has its name, which is the last step: after a crash it is whole or absent. Nothing is held in memory
 * but summaries that were read, and names are never used twice, so several servers may share a folder.
 */
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { refuse } from "../problem";
import type { SnapshotSummary } from "../protocol/snapshots";
import type { Summary } from "./jobs";

export const SNAPSHOT_ID = /^[a-z0-9][a-z0-9-]{0,60}$/;
const SUMMARY = /^([a-z0-9][a-z0-9-]{0,60})\.summary\.json$/;
const MIB = 1 << 20;
/** A file that is still being written, of this server or another on the same folder, is no older than this. */
const STALE_MS = 3600_000;

export class SnapshotStore {
  private readonly read = new Map<string, { mtimeMs: number; summary: SnapshotSummary }>();
  private last: Promise<unknown> = Promise.resolve();

  /** `folder` is made if it is not there. `shipped`: a folder of snapshots that came with the server, or none. */
  constructor(
    private readonly folder: string,
    private readonly quotaBytes: number,
    private readonly shipped?: string,
  ) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** Newest first. */
  async list(): Promise<SnapshotSummary[]> {
    const all = [
      ...(await this.listOf(this.folder, false)),
      ...(this.shipped ? await this.listOf(this.shipped, true) : []),
    ];
    return all.sort((a, b) => b.takenAt - a.takenAt);
  }

  private async listOf(folder: string, shipped: boolean): Promise<SnapshotSummary[]> {
    const found: SnapshotSummary[] = [];
    for (const name of await readdir(folder)) {
      const [, id] = SUMMARY.exec(name) ?? [];
      const path = join(folder, name);
      // Deleted meanwhile, by another server on this folder perhaps.
      const { mtimeMs } = id
        ? await stat(path).catch(() => ({ mtimeMs: undefined }))
        : { mtimeMs: undefined };
      if (!id || mtimeMs === undefined) continue;
      let known = this.read.get(path);
      if (known?.mtimeMs !== mtimeMs) {
        const summary = await readFile(path, "utf8").then(
          (text) => JSON.parse(text) as Omit<SnapshotSummary, "id" | "shipped">,
          () => undefined,
        );
        if (!summary) continue;
        known = { mtimeMs, summary: { ...summary, id, shipped } };
        this.read.set(path, known);
      }
      found.push(known.summary);
    }
    return found;
  }

  async get(id: string): Promise<SnapshotSummary> {
    const found = (await this.list()).find((summary) => summary.id === id);
    return (
      found ??
      refuse(
        "There is no such snapshot.",
        "It may have been deleted, or made room for newer ones: see the list.",
      )
    );
  }

  /** The gzip of one that is there. */
  pathOf({ id, shipped }: SnapshotSummary): string {
    return join(shipped && this.shipped ? this.shipped : this.folder, `${id}.json.gz`);
  }

  /** Keeps what `write` writes to the path it is given; one after the other, so that each sees what room is left. */
  add(write: (path: string) => Promise<Summary>): Promise<SnapshotSummary> {
    const added = this.last.then(() => this.addNow(write));
    this.last = added.catch(() => {});
    return added;
  }

  private async addNow(write: (path: string) => Promise<Summary>): Promise<SnapshotSummary> {
    await this.sweep();
    const id = `${new Date().toISOString().slice(0, 10)}-${randomBytes(8).toString("hex")}`;
    const part = join(this.folder, `${id}.part`);
    try {
      const summary = await write(part);
      await this.makeRoom(summary.bytes);
      await rename(part, join(this.folder, `${id}.json.gz`));
      return await this.writeSummary({ ...summary, id, pinned: false, shipped: false });
    } catch (error) {
      await rm(join(this.folder, `${id}.json.gz`), { force: true });
      throw (error as NodeJS.ErrnoException).code === "ENOSPC" ? this.diskFull() : error;
    } finally {
      await rm(part, { force: true });
    }
  }

  /** Puts what `write` writes from its file to the path it is given in its place. */
  replace(id: string, write: (from: string, to: string) => Promise<Summary>): Promise<void> {
    const replaced = this.last.then(() => this.replaceNow(id, write));
    this.last = replaced.catch(() => {});
    return replaced;
  }

  private async replaceNow(id: string, write: (from: string, to: string) => Promise<Summary>): Promise<void> {
    const path = this.pathOf(await this.own(id));
    const part = join(this.folder, `${id}.part`);
    try {
      const summary = await write(path, part);
      // It may have been pinned, or deleted, meanwhile.
      const { pinned } = await this.own(id);
      await rename(part, path);
      await this.writeSummary({ ...summary, id, pinned, shipped: false });
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === "ENOSPC" ? this.diskFull() : error;
    } finally {
      await rm(part, { force: true });
    }
  }

  private diskFull(): unknown {
    try {
      return refuse(
        "The disk is full, so the snapshot was not kept; what was kept before is as it was.",
        "Free some space, or delete snapshots that are no longer needed.",
      );
    } catch (error) {
      return error;
    }
  }

  /** The summary gets its name when all of it is on the disk, and so is the name. */
  private async writeSummary(summary: SnapshotSummary): Promise<SnapshotSummary> {
    const { id, shipped: _, ...kept } = summary;
    const part = join(this.folder, `${id}.summary.part`);
    const file = await open(part, "w", 0o600);
    try {
      await file.writeFile(JSON.stringify(kept));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, join(this.folder, `${id}.summary.json`));
    const folder = await open(this.folder, "r");
    await folder.sync().finally(() => folder.close());
    return summary;
  }

  /** Deletes the oldest that nobody pinned until `bytes` more are within the quota. */
  private async makeRoom(bytes: number): Promise<void> {
    const own = await this.listOf(this.folder, false);
    const pinned = own.filter((summary) => summary.pinned).reduce((sum, summary) => sum + summary.bytes, 0);
    if (pinned + bytes > this.quotaBytes)
      refuse(
        `The snapshot takes ${mib(bytes)}, and those that are pinned ${mib(pinned)}: more than the ${mib(this.quotaBytes)} that this server keeps.`,
        "Unpin or delete some, or start the server with a higher --snapshots-mib.",
      );
    let total = own.reduce((sum, summary) => sum + summary.bytes, bytes);
    for (const oldest of own.filter((summary) => !summary.pinned).sort((a, b) => a.takenAt - b.takenAt)) {
      if (total <= this.quotaBytes) return;
      await this.remove(oldest.id);
      total -= oldest.bytes;
    }
  }

  /** What a crash left half written, and gzips that never got a summary. */
  private async sweep(): Promise<void> {
    const names = new Set(await readdir(this.folder));
    for (const name of names) {
      const half =
        name.endsWith(".part") ||
        (name.endsWith(".json.gz") && !names.has(name.replace(".json.gz", ".summary.json")));
      if (!half) continue;
      const path = join(this.folder, name);
      const written = await stat(path).catch(() => undefined);
      if (written && Date.now() - written.mtimeMs > STALE_MS) await rm(path, { force: true });
    }
  }

  private async own(id: string): Promise<SnapshotSummary> {
    const summary = await this.get(id);
    return summary.shipped
      ? refuse("This snapshot came with the server, and stays as it is.", "Keep a board of your own.")
      : summary;
  }

  async pin(id: string, pinned: boolean): Promise<void> {
    await this.writeSummary({ ...(await this.own(id)), pinned });
  }

  async delete(id: string): Promise<void> {
    await this.own(id);
    await this.remove(id);
  }

  /** The summary first: without it the other is only left over. */
  private async remove(id: string): Promise<void> {
    await rm(join(this.folder, `${id}.summary.json`), { force: true });
    await rm(join(this.folder, `${id}.json.gz`), { force: true });
  }

  /** A path for an upload, in the same folder; delete it afterwards. */
  uploadPath(): string {
    return join(this.folder, `${randomBytes(8).toString("hex")}.upload.part`);
  }
}

const mib = (bytes: number): string => `${Math.max(1, Math.round(bytes / MIB))} MiB`;
