"use client";
/** Every eBPF program, map and link of the host, who holds it, what it costs and what is in it. */
import { useEffect, useState } from "react";
import { Segments } from "../controls";
import { Message } from "../message";
import { Foot } from "../panels/foot";
import { ProblemText } from "../problem";
import { Detail, type Kind, MapDetail, ProgramDetail } from "./detail";
import { KernelFrame } from "./frame";
import { LinkList, MapList, ProgramList } from "./lists";
import { TracePipe } from "./trace-pipe";
import { type Loaded, useInventory } from "./use-inventory";

type View = Kind | "pipe";

interface Place {
  view: View;
  id: number | undefined;
}

/** "?map=12": the list, and the one that is open. */
function readPlace(): Place {
  const query = new URLSearchParams(location.search);
  for (const view of ["program", "map", "link", "pipe"] as const) {
    const value = query.get(view);
    if (value !== null) return { view, id: /^\d+$/.test(value) ? Number(value) : undefined };
  }
  return { view: "program", id: undefined };
}

function usePlace(): [Place, (place: Place) => void] {
  const [place, setPlace] = useState<Place>({ view: "program", id: undefined });
  useEffect(() => {
    const read = () => setPlace(readPlace());
    read();
    addEventListener("popstate", read);
    return () => removeEventListener("popstate", read);
  }, []);
  return [
    place,
    (next) => {
      history.pushState(null, "", `?${next.view}=${next.id ?? ""}`);
      setPlace(next);
    },
  ];
}

interface OpenProps {
  loaded: Loaded;
  place: Place;
  onPlace(place: Place): void;
}

function Open({ loaded, place, onPlace }: OpenProps) {
  const { lists } = loaded;
  const { view, id } = place;
  const onOpen = (kind: Kind, id: number) => onPlace({ view: kind, id });
  const onClose = () => onPlace({ view, id: undefined });
  const program = view === "program" ? lists.programs.find((one) => one.id === id) : undefined;
  const map = view === "map" ? lists.maps.find((one) => one.id === id) : undefined;
  const link = view === "link" ? lists.links.find((one) => one.id === id) : undefined;
  if (program) return <ProgramDetail key={program.id} thing={program} {...{ loaded, onOpen, onClose }} />;
  if (map) return <MapDetail key={map.id} thing={map} {...{ loaded, onOpen, onClose }} />;
  const linked = link && lists.programs.find((one) => one.id === link.program);
  if (linked) return <ProgramDetail key={linked.id} thing={linked} {...{ loaded, onOpen, onClose }} />;
  return (
    <Detail title={`${view} ${id}`} note="" onClose={onClose}>
      <Message>
        <p className="text-dim">
          {view === "link" && link ? `Program ${link.program} of this link` : `This ${view}`} is not loaded
          any more.
        </p>
      </Message>
    </Detail>
  );
}

export function ProgramsPage() {
  const { loaded, problem } = useInventory();
  const [place, onPlace] = usePlace();
  const [search, setSearch] = useState("");
  const [onlyOurs, setOnlyOurs] = useState(false);
  const { view, id } = place;
  const lists = loaded?.lists;
  const counted = (text: string, list: readonly unknown[] | undefined) =>
    list ? `${text} ${list.length}` : text;
  const choices: { value: View; text: string }[] = [
    { value: "program", text: counted("Programs", lists?.programs) },
    { value: "map", text: counted("Maps", lists?.maps) },
    { value: "link", text: counted("Links", lists?.links) },
    { value: "pipe", text: "Trace pipe" },
  ];
  const List = { program: ProgramList, map: MapList, link: LinkList, pipe: undefined }[view];
  return (
    <KernelFrame path="/kernel/programs">
      <div className="flex h-11 shrink-0 items-center gap-3 border-line border-b px-3">
        <Segments
          label="What to list"
          choices={choices}
          value={view}
          onChoose={(next) => onPlace({ view: next, id: undefined })}
        />
        {List && (
          <>
            <input
              type="search"
              aria-label="Search the list"
              placeholder="Search: name, type, holder"
              value={search}
              onChange={(event) => setSearch(event.target.value)}
              className="figures h-7 w-64 rounded-md border border-line bg-bg px-2.5"
            />
            <label className="flex items-center gap-1.5 text-dim">
              <input
                type="checkbox"
                checked={onlyOurs}
                onChange={(event) => setOnlyOurs(event.target.checked)}
                className="accent-accent"
              />
              Ringside's own only
            </label>
          </>
        )}
      </div>
      {loaded?.problems.map((one) => (
        <div key={one.reason} className="shrink-0 border-line border-b px-3 py-2">
          <ProblemText problem={one} />
        </div>
      ))}
      {view === "pipe" ? (
        <TracePipe />
      ) : loaded && List ? (
        <div
          className={`grid min-h-0 flex-1 ${id === undefined ? "grid-cols-1" : "grid-cols-[minmax(0,1fr)_minmax(420px,44%)]"}`}
        >
          <div className="flex min-h-0 min-w-0 flex-col">
            <List
              loaded={loaded}
              search={search.trim().toLowerCase()}
              onlyOurs={onlyOurs}
              selected={id}
              onSelect={(chosen) => onPlace({ view, id: chosen })}
            />
            <Foot end={loaded.usage.size > 0 && <span>Statistics are on while this page is in sight</span>}>
              <span>{problem ? problem.reason : "Ringside's own are coloured; a row opens at a press"}</span>
            </Foot>
          </div>
          {id !== undefined && <Open loaded={loaded} place={place} onPlace={onPlace} />}
        </div>
      ) : (
        <Message>
          {problem ? <ProblemText problem={problem} /> : <p className="text-dim">Reading what is loaded…</p>}
        </Message>
      )}
    </KernelFrame>
  );
}
