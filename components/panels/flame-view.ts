/** How a flame graph is set, as text for the address bar: `icicle,zoom:9f3a21bc,search:crc32`. */

export interface FlameSetting {
  icicle: boolean;
  /** `FlameTree.path` of the node that fills the width; undefined: the root. */
  zoom: number | undefined;
  /** A regular expression; "": none. */
  search: string;
}

export function readFlameView(text: string): FlameSetting {
  // The search comes last and may hold anything.
  const [, before = "", search = ""] = /^(.*?)(?:(?:^|,)search:(.*))?$/s.exec(text) ?? [];
  const parts = before.split(",");
  const zoom = /^zoom:([0-9a-f]{1,8})$/;
  const found = parts.map((part) => zoom.exec(part)?.[1]).find(Boolean);
  return {
    icicle: parts.includes("icicle"),
    zoom: found === undefined ? undefined : Number.parseInt(found, 16),
    search,
  };
}

export function writeFlameView({ icicle, zoom, search }: FlameSetting): string {
  const parts: string[] = [];
  if (icicle) parts.push("icicle");
  if (zoom !== undefined) parts.push(`zoom:${zoom.toString(16)}`);
  if (search) parts.push(`search:${search}`);
  return parts.join(",");
}
