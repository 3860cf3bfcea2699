/** speedscope's own format: https://github.com/jlfwong/speedscope/blob/main/src/lib/file-format-spec.ts */
import type { StackProfile } from "./stack-profile";

/** Processes that get a profile of their own, those with the most weight; all samples are in the first. */
const MOST_PROCESSES = 50;

export function speedscope(profile: StackProfile): string {
  const { samples, threads, traces } = profile;
  // Each command is a frame below its stacks.
  const commands = [...new Set(threads.map(({ comm }) => comm))];
  const frames = [
    ...profile.frames.map(({ name, module }) => ({ name, ...(module && { file: module }) })),
    ...commands.map((name) => ({ name: name || "?" })),
  ];
  const commandFrame = new Map(commands.map((name, i) => [name, profile.frames.length + i]));
  // Rows come by CPU, not quite in the order of their times.
  const order = samples.at.map((_, i) => i).sort((a, b) => (samples.at[a] ?? 0) - (samples.at[b] ?? 0));
  const threadOf = (sample: number) => threads[samples.thread[sample] ?? 0];
  const weightOf = (sample: number) => samples.weight[sample] ?? 0;

  const byProcess = new Map<number, number[]>();
  for (const sample of order) {
    const pid = threadOf(sample)?.pid ?? 0;
    const known = byProcess.get(pid);
    if (known) known.push(sample);
    else byProcess.set(pid, [sample]);
  }
  const sampled = (name: string, of: readonly number[]) => {
    const weights = of.map(weightOf);
    return {
      type: "sampled",
      name,
      unit: profile.unit === "nanoseconds" ? "nanoseconds" : "none",
      startValue: 0,
      endValue: weights.reduce((sum, weight) => sum + weight, 0),
      samples: of.map((sample) => [
        commandFrame.get(threadOf(sample)?.comm ?? ""),
        ...(traces[samples.trace[sample] ?? 0] ?? []),
      ]),
      weights,
    };
  };
  const sumOf = (of: readonly number[]) => of.reduce((sum, sample) => sum + weightOf(sample), 0);
  const processes = [...byProcess]
    .map(([pid, of]) => ({ pid, of, sum: sumOf(of) }))
    .sort((a, b) => b.sum - a.sum)
    .slice(0, MOST_PROCESSES);
  const nameOf = (of: readonly number[], pid: number) =>
    (of.map(threadOf).find((thread) => thread?.tid === pid) ?? threadOf(of[0] ?? 0))?.comm ?? "";
  return JSON.stringify({
    $schema: "https://www.speedscope.app/file-format-schema.json",
    exporter: "ringside",
    name: `${profile.name} on ${profile.hostname}`,
    activeProfileIndex: 0,
    shared: { frames },
    profiles: [
      sampled("all", order),
      ...processes.map(({ pid, of }) => sampled(`${nameOf(of, pid)} ${pid}`, of)),
    ],
  });
}
