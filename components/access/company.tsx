/** Who else looks at this server now, and, for a viewer, that this page only looks. */
import { Chip } from "../controls";
import { dateTime } from "../format";
import { useServer } from "../socket";

export function Company() {
  const present = useServer((server) => server.present);
  const visitor = useServer((server) => server.visitor);
  if (!present || !visitor) return null;
  const others = present.operators + present.viewers - 1;
  const [noun, verb] = others === 1 ? ["other", "looks"] : ["others", "look"];
  const words = `${present.operators} that operate, ${present.viewers} that look; pages in sight, this one included`;
  return (
    <span className="flex items-center gap-2 text-dim">
      {visitor.role === "viewer" && (
        <Chip
          title={`Your link lets you look at what runs until ${dateTime(visitor.expires)}; operators start and stop`}
        >
          Viewer
        </Chip>
      )}
      {others > 0 && (
        <span title={words}>
          <span className="figures text-text">{others}</span> {noun}
          <span className="max-2xl:sr-only"> {verb}</span>
        </span>
      )}
    </span>
  );
}
