/** What stands beside the table: everything about the one that is chosen. */
import { type ReactNode, useState } from "react";
import type { CodeForm, MapInfo, ProgramInfo } from "../../server/protocol/kernel";
import { GlyphButton, Segments } from "../controls";
import { bytes, count, nsec } from "../format";
import { CodeView } from "./code-view";
import { MapRowsView } from "./map-rows-view";
import type { Loaded } from "./use-inventory";
import { holdersText, percent, when } from "./words";

export type Kind = "program" | "map" | "link";

interface DetailProps {
  title: string;
  note: string;
  onClose(): void;
  children: ReactNode;
}

export function Detail({ title, note, onClose, children }: DetailProps) {
  return (
    <section aria-label={title} className="flex min-h-0 min-w-0 flex-col border-line border-l bg-panel">
      <header className="flex h-[39px] shrink-0 items-center gap-2 border-line border-b pr-2 pl-3">
        <h2 className="truncate font-semibold text-[15px]">{title}</h2>
        <span className="figures truncate text-dim">{note}</span>
        <span className="flex-1" />
        <GlyphButton glyph="close" label="Close" onClick={onClose} />
      </header>
      {children}
    </section>
  );
}

function Facts({ facts }: { facts: readonly (readonly [title: string, value: ReactNode])[] }) {
  return (
    <dl className="figures grid max-h-[45%] shrink-0 grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-0.5 overflow-y-auto border-line border-b px-3 py-2">
      {facts.map(([title, value]) => (
        <div key={title} className="contents">
          <dt className="text-dim">{title}</dt>
          <dd className="min-w-0 wrap-anywhere select-text">{value || "–"}</dd>
        </div>
      ))}
    </dl>
  );
}

interface Ids {
  kind: Kind;
  ids: readonly number[];
  nameOf(id: number): string;
  onOpen(kind: Kind, id: number): void;
}

function Ids({ kind, ids, nameOf, onOpen }: Ids) {
  return ids.map((id) => (
    <button
      key={id}
      type="button"
      className="mr-3 underline decoration-faint underline-offset-2 hover:text-accent"
      onClick={() => onOpen(kind, id)}
    >
      {nameOf(id) || kind} {id}
    </button>
  ));
}

interface LoadedDetailProps<T> {
  thing: T;
  loaded: Loaded;
  onOpen(kind: Kind, id: number): void;
  onClose(): void;
}

const forms: { value: CodeForm; text: string }[] = [
  { value: "translated", text: "Translated" },
  { value: "compiled", text: "Compiled" },
];

export function ProgramDetail({ thing, loaded, onOpen, onClose }: LoadedDetailProps<ProgramInfo>) {
  const [form, setForm] = useState<CodeForm>("translated");
  const used = loaded.usage.get(thing.id);
  const rate = loaded.rates.get(thing.id);
  const mapName = (id: number) => loaded.lists.maps.find((map) => map.id === id)?.name ?? "";
  const linkType = (id: number) => loaded.lists.links.find((link) => link.id === id)?.type ?? "";
  const size =
    thing.compiledBytes > 0
      ? `${bytes(thing.translatedBytes)} translated, ${bytes(thing.compiledBytes)} compiled`
      : `${bytes(thing.translatedBytes)} translated, interpreted`;
  return (
    <Detail
      title={thing.name || `Program ${thing.id}`}
      note={`${thing.type} · ${thing.id}`}
      onClose={onClose}
    >
      <Facts
        facts={[
          ["Attached to", thing.attached.join(", ")],
          ["Held by", holdersText(thing.holders)],
          ["Loaded", `${when(thing.loadedAt)} by ${thing.user || `user ${thing.uid}`}`],
          [
            "Runs",
            used && used.runs > 0
              ? `${count(used.runs)} counted, ${nsec(used.nsec / used.runs)} each${rate ? `; now ${count(rate.runs)}/s, ${percent(rate.share)} % of one CPU` : ""}`
              : "none counted",
          ],
          ...(thing.missed > 0
            ? [["Missed", `${count(thing.missed)} runs, as it was running already`] as const]
            : []),
          ["Code", `${size}, ${bytes(thing.memory)} of memory`],
          ["Verified", thing.verified > 0 ? `${count(thing.verified)} instructions walked through` : ""],
          ["Tag", `${thing.tag}${thing.gpl ? ", GPL-compatible" : ""}`],
          [
            "Maps",
            thing.maps.length > 0 && <Ids kind="map" ids={thing.maps} nameOf={mapName} onOpen={onOpen} />,
          ],
          [
            "Links",
            thing.links.length > 0 && <Ids kind="link" ids={thing.links} nameOf={linkType} onOpen={onOpen} />,
          ],
        ]}
      />
      <div className="flex shrink-0 items-center gap-3 border-line border-b px-3 py-1.5">
        <Segments label="Code" choices={forms} value={form} onChoose={(next) => setForm(next)} />
        {thing.btf === 0 && (
          <span className="text-dim">It was loaded without types, so no source is known.</span>
        )}
      </div>
      <CodeView program={thing.id} form={form} />
    </Detail>
  );
}

export function MapDetail({ thing, loaded, onOpen, onClose }: LoadedDetailProps<MapInfo>) {
  const programName = (id: number) => loaded.lists.programs.find((program) => program.id === id)?.name ?? "";
  return (
    <Detail title={thing.name || `Map ${thing.id}`} note={`${thing.type} · ${thing.id}`} onClose={onClose}>
      <Facts
        facts={[
          ["Held by", holdersText(thing.holders)],
          [
            "Entries",
            `at most ${count(thing.maxEntries)}, of ${bytes(thing.keySize)} and ${bytes(thing.valueSize)}`,
          ],
          ["Memory", bytes(thing.memory)],
          [
            "Flags",
            `0x${thing.flags.toString(16)}${thing.frozen ? ", frozen: user space may not write to it" : ""}`,
          ],
          [
            "Programs",
            thing.programs.length > 0 && (
              <Ids kind="program" ids={thing.programs} nameOf={programName} onOpen={onOpen} />
            ),
          ],
        ]}
      />
      <MapRowsView key={thing.id} map={thing} />
    </Detail>
  );
}
