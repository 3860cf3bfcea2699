/** A run's tool, target and parameters that differ from their defaults. */
import type { Parameter, RunRequest, ToolInfo, Value } from "../server/protocol";
import { Chip } from "./controls";
import { visible } from "./format";
import { hostName, hostNames } from "./names";
import { useVersion } from "./use-version";

/** A parameter that differs from its default, in words. */
export function parameterText(parameter: Parameter, value: Value): string {
  const { title, unit, meaning } = parameter;
  if (typeof value === "boolean") return value ? title : `not ${title}`;
  if (meaning === "pid_n" || meaning === "tid_n") {
    const name = hostName("pid", String(value));
    return name ? `${visible(name)} · ${value}` : `process ${value}`;
  }
  return `${title} ${visible(String(value))}${unit ? ` ${unit}` : ""}`;
}

/** The same as one line. */
export function requestWords(tool: ToolInfo, { target, parameters }: RunRequest): string {
  const told = tool.parameters.flatMap((parameter) => {
    const value = parameters[parameter.name];
    return value === undefined ? [] : [parameterText(parameter, value)];
  });
  return [...(target ? [visible(target)] : []), ...told].join(" · ");
}

export function PanelTitle({
  tool,
  request,
  attached,
}: {
  tool: ToolInfo;
  request: RunRequest;
  attached?: string;
}) {
  useVersion(hostNames);
  return (
    <>
      <h2 className="font-semibold" title={attached ? `${tool.title}; attached by ${attached}` : tool.title}>
        {tool.name}
      </h2>
      {request.target && <Chip title={request.target}>{visible(request.target)}</Chip>}
      {tool.parameters.map((parameter) => {
        const value = request.parameters[parameter.name];
        if (value === undefined) return null;
        const text = parameterText(parameter, value);
        return (
          <Chip key={parameter.name} title={`${parameter.title}: ${value}`}>
            {text}
          </Chip>
        );
      })}
    </>
  );
}
