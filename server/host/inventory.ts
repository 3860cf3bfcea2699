/** What eBPF the kernel has loaded, joined: programs with their maps, links and holders, and what they cost. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import {
  type Holder,
  type Listing,
  type LoadedLink,
  type LoadedProgram,
  listHolders,
  listLinks,
  listMaps,
  listPrograms,
} from "../../native";
import type { Problem } from "../protocol";
import type { HolderInfo, Inventory, LinkInfo } from "../protocol/kernel";
import { has } from "./capabilities";
import { cgroupPath } from "./cgroups";
import { command, userName } from "./processes";
import { statisticsProblem } from "./statistics";

/** Every process's descriptors are gone through for it, so not at each question. */
const HOLDERS_MS = 10_000;

let holders: { of: string; at: number; list: Holder[] } | undefined;

const ONLY_OURS: Problem = {
  reason:
    "Only Ringside's own programs, maps and links are shown: the kernel lists others to CAP_SYS_ADMIN only.",
  fix: "Give the server CAP_SYS_ADMIN, as npm start does.",
  help: "permission",
};
const UNSEEN_HOLDERS: Problem = {
  reason: "Who holds what is known of this server's own user only.",
  fix: "Give the server CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH, as npm start does.",
  help: "permission",
};

/** CLOCK_BOOTTIME's zero, milliseconds since the epoch: unlike CLOCK_MONOTONIC it goes on while the host sleeps. */
function bootedAt(): number {
  const uptime = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);
  return Date.now() - uptime * 1000;
}

const PERF_EVENTS: Record<number, string> = {
  1: "uprobe",
  2: "uretprobe",
  3: "kprobe",
  4: "kretprobe",
  5: "tracepoint",
  6: "perf event",
};

const plusHex = (offset: number | undefined): string => (offset ? `+0x${offset.toString(16)}` : "");

/** Where a link goes, in words. */
function targetOf(link: LoadedLink): string {
  if (link.cgroup !== undefined) return cgroupPath(BigInt(link.cgroup)) || `cgroup ${link.cgroup}`;
  if (link.interface !== undefined) return `interface ${link.interface}`;
  if (link.netns !== undefined) return `network namespace ${link.netns}`;
  const many =
    link.functions === undefined ? "" : `${link.functions} function${link.functions === 1 ? "" : "s"}`;
  const target = link.target ? link.target + plusHex(link.offset) : "";
  return [PERF_EVENTS[link.event ?? 0], many, target].filter(Boolean).join(" ");
}

async function holdersOf(version: string): Promise<Holder[]> {
  const now = Date.now();
  if (holders?.of !== version || now - holders.at > HOLDERS_MS)
    holders = { of: version, at: now, list: await listHolders() };
  return holders.list;
}

/** By kind and id; each process once, however many descriptors it has. */
function byThing(list: readonly Holder[]): (kind: Holder["kind"], id: number) => HolderInfo[] {
  const commands = new Map<number, string>();
  const found = new Map<string, Map<number, HolderInfo>>();
  for (const { pid, kind, id } of list) {
    const name = commands.get(pid) ?? command(pid);
    commands.set(pid, name);
    const pids = found.get(`${kind} ${id}`) ?? new Map<number, HolderInfo>();
    found.set(`${kind} ${id}`, pids.set(pid, { pid, command: name }));
  }
  return (kind, id) => [...(found.get(`${kind} ${id}`)?.values() ?? [])];
}

const idsOf = (...lists: Listing<{ id: number }>[]): string =>
  lists.map(({ loaded }) => loaded.map(({ id }) => id).join()).join("/");

const usageOf = ({ id, runs, nsec }: LoadedProgram): [number, number, number] => [id, runs, nsec];

/** The lists are left out where they are those of `version`. */
export async function inventory(version: string): Promise<Inventory> {
  const [programs, maps, links] = await Promise.all([listPrograms(), listMaps(), listLinks()]);
  const at = Number(process.hrtime.bigint()) / 1e6;
  const ids = idsOf(programs, maps, links);
  const held = await holdersOf(ids);
  const now = createHash("sha1").update(ids).update(JSON.stringify(held)).digest("base64");
  const statistics = statisticsProblem();
  const problems = [
    ...(programs.all ? [] : [ONLY_OURS]),
    ...(has("CAP_SYS_PTRACE") ? [] : [UNSEEN_HOLDERS]),
    ...(statistics ? [statistics] : []),
  ];
  const answer: Inventory = {
    version: now,
    at,
    usage: statistics ? [] : programs.loaded.map(usageOf),
    problems,
  };
  if (now === version) return answer;
  const holdersFor = byThing(held);
  const ours = (list: HolderInfo[]) => list.some(({ pid }) => pid === process.pid);
  const boot = bootedAt();
  const linkInfos = links.loaded.map((link): LinkInfo => {
    const list = holdersFor("link", link.id);
    return {
      id: link.id,
      type: link.type,
      ours: ours(list),
      holders: list,
      program: link.program,
      attachType: link.attachType ?? "",
      target: targetOf(link),
    };
  });
  return {
    ...answer,
    lists: {
      programs: programs.loaded.map((program) => {
        const { runs: _runs, nsec: _nsec, target, ...rest } = program;
        const list = holdersFor("program", program.id);
        const own = linkInfos.filter((link) => link.program === program.id);
        // A sampling program has a link a CPU.
        const attached = [...new Set(own.map((link) => link.target).filter(Boolean))];
        return {
          ...rest,
          gpl: program.gpl !== 0,
          loadedAt: boot + program.loadedAt / 1e6,
          user: userName(program.uid),
          links: own.map(({ id }) => id),
          attached: attached.length > 0 || !target ? attached : [target],
          ours: ours(list) || own.some((link) => link.ours),
          holders: list,
        };
      }),
      maps: maps.loaded.map((map) => {
        const list = holdersFor("map", map.id);
        return {
          ...map,
          frozen: map.frozen !== 0,
          programs: programs.loaded.filter((program) => program.maps.includes(map.id)).map(({ id }) => id),
          ours: ours(list),
          holders: list,
        };
      }),
      links: linkInfos,
    },
  };
}
