/** The stretch of time that one panel has selected and others look at, in the header: what it is, and the way out of it. */
import { clock } from "./draw/axis";
import { useMoment } from "./moment";
import { useServer } from "./socket";

export function MomentChip() {
  const selected = useMoment((moment) => moment.selected);
  const bootedAt = useServer((server) => server.host?.bootedAt);
  if (!selected || bootedAt === undefined) return null;
  return (
    <span className="flex items-center gap-1 rounded-full border border-line pr-1 pl-2.5 leading-[20px]">
      <span className="figures" title="The selected time: panels of events and samples can show it alone">
        {clock(bootedAt + selected.from)}–{clock(bootedAt + selected.to)}
      </span>
      <button
        type="button"
        aria-label="Clear the selected time"
        title="Clear the selected time"
        className="grid size-5 place-items-center rounded-full text-faint hover:text-text"
        onClick={() => useMoment.setState({ selected: undefined })}
      >
        ✕
      </button>
    </span>
  );
}
