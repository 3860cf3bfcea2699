/** Kept boards, as the server's other parts see them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { refuse } from "../problem";
import { fromRoot } from "../project";
import type { Host } from "../protocol";
import type { KeepRequest, Recorded, SnapshotSummary } from "../protocol/snapshots";
import type { Run } from "../runs/run";
import { runJob } from "./jobs";
import { keep } from "./keep";
import { Recordings } from "./recordings";
import { SnapshotStore } from "./store";

const { name, version } = JSON.parse(readFileSync(fromRoot("package.json"), "utf8")) as Record<
  string,
  string
>;
/** What writes snapshots. */
export const SOFTWARE = `${name} ${version}`;

export class Snapshots {
  readonly store: SnapshotStore;
  readonly recordings: Recordings;

  /** `folder`: of the server's state. `changed`: the list did. */
  constructor(
    folder: string,
    quotaMib: number,
    private readonly changed: (list: SnapshotSummary[]) => void,
    shipped?: string,
  ) {
    this.store = new SnapshotStore(join(folder, "snapshots"), quotaMib * 1024 * 1024, shipped);
    this.recordings = new Recordings(this.store);
  }

  private async tell(): Promise<void> {
    this.changed(await this.store.list());
  }

  async keep(request: KeepRequest, runs: readonly Run[], host: Host): Promise<SnapshotSummary> {
    if (runs.length === 0)
      refuse(
        "There is nothing on the board to keep.",
        "Start a tool, and keep the board once it has recorded something.",
      );
    const summary = await this.store.add((to) => keep(to, runs, request, host, SOFTWARE));
    await this.tell();
    return summary;
  }

  /** `file`: what somebody brought. */
  async import(file: string): Promise<SnapshotSummary> {
    const summary = await this.recordings.import(file);
    await this.tell();
    return summary;
  }

  open(id: string): Promise<Recorded> {
    return this.recordings.open(id);
  }

  /** Gives it another title and other notes, in its file as well. */
  async describe(id: string, title: string, notes: string): Promise<void> {
    await this.store.replace(id, (from, to) => runJob({ what: "describe", from, to, title, notes }).done);
    await this.tell();
  }

  async pin(id: string, pinned: boolean): Promise<void> {
    await this.store.pin(id, pinned);
    await this.tell();
  }

  async delete(id: string): Promise<void> {
    await this.store.delete(id);
    await this.tell();
  }
}
