/** Which commands a few typed letters mean, best first. */
export interface Searched {
  title: string;
  /** Beside the title, dim. */
  detail?: string | undefined;
  /** Found by these too, without showing them. */
  words?: string | undefined;
}

/** 0: not found; the more, the nearer the front. */
function score(word: string, title: string, rest: string): number {
  if (title.startsWith(word)) return 8;
  if (title.split(/[^\p{L}\p{N}_]+/u).some((part) => part.startsWith(word))) return 6;
  if (title.includes(word)) return 3;
  return rest.includes(word) ? 1 : 0;
}

/** Those in which every typed word occurs; equal ones keep their order. */
export function rank<T extends Searched>(commands: readonly T[], search: string): T[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return commands
    .map((command) => {
      const title = command.title.toLowerCase();
      const rest = `${command.detail ?? ""} ${command.words ?? ""}`.toLowerCase();
      const scores = words.map((word) => score(word, title, rest));
      return { command, score: scores.includes(0) ? -1 : scores.reduce((sum, each) => sum + each, 0) };
    })
    .filter((found) => found.score >= 0)
    .sort((a, b) => b.score - a.score)
    .map(({ command }) => command);
}
