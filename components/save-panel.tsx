/** The action in a panel's head that saves it: as a picture, or for other programs. */
import { useRef } from "react";
import type { Host, Problem, RunInfo, ToolInfo } from "../server/protocol";
import { type ExportFormat, formatsFor, hasStacks } from "./exports/formats";
import type { Feed } from "./feeds";
import { dateTime, dateTimeRange, visible } from "./format";
import { Menu } from "./menu";
import { pictureOfPage } from "./page-picture";
import { parameterText } from "./panel-title";
import { offeredIn, type PictureKind, type PictureSlot, pictureFile, saveFile } from "./picture";
import { saveExport } from "./save-export";

interface Props {
  tool: ToolInfo;
  run: RunInfo;
  host: Host;
  feed: Feed;
  slot: PictureSlot;
  onProblem(problem: Problem): void;
}

export function SavePanel({ tool, run, host, feed, slot, onProblem }: Props) {
  const place = useRef<HTMLSpanElement>(null);
  const save = async (kind: PictureKind) => {
    const panel = place.current?.closest("section");
    const body = [...(panel?.children ?? [])].filter(
      (child): child is HTMLElement => child instanceof HTMLElement && !child.matches("header"),
    );
    const picture = offeredIn(slot) ?? pictureOfPage(body);
    if (!panel || !picture) return;
    const from = picture.from ?? run.startedAt;
    const to = picture.to ?? run.endedAt ?? Date.now();
    const { request } = run;
    const parameters = tool.parameters.flatMap((parameter) => {
      const value = request.parameters[parameter.name];
      return value === undefined ? [] : [parameterText(parameter, value)];
    });
    const asked = [...(request.target ? [visible(request.target)] : []), ...parameters].join(" · ");
    const caption = {
      title: tool.name,
      about: tool.title,
      lines: [`${host.hostname} · ${host.kernel}`, dateTimeRange(from, to), ...(asked ? [asked] : [])],
    };
    const stamp = dateTime(to).replaceAll(/[-:]/g, "").replace(" ", "-");
    try {
      const file = await pictureFile(kind, picture, caption, place.current ?? panel);
      saveFile(file, `${tool.name}-${host.hostname}-${stamp}.${kind}`);
    } catch (error) {
      onProblem({
        reason: `The picture of ${tool.name} could not be made: ${error instanceof Error ? error.message : error}.`,
        fix: "Try the other format, or make the panel smaller.",
      });
    }
  };
  const exportAs = async (format: ExportFormat) => {
    const problem = await saveExport(format, { tool, run, host, feed });
    if (problem) onProblem(problem);
  };
  return (
    <span ref={place} className="figures flex">
      <Menu
        glyph="save"
        label="Save: as a picture, or for other programs"
        items={[
          { text: "Picture, PNG", onChoose: () => void save("png") },
          { text: "Picture, SVG", onChoose: () => void save("svg") },
          ...formatsFor(hasStacks(tool.columns)).map(({ name, title }) => ({
            text: title,
            onChoose: () => void exportAs(name),
          })),
        ]}
      />
    </span>
  );
}
