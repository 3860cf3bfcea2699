/** Reads a snapshot from a file, compressed or not. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { refuse } from "../problem";
import { type ReadSnapshot, readSnapshot } from "../snapshots/decode";
import { MOST_JSON_BYTES } from "../snapshots/format";

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/** Throws a UserError. */
export function snapshotFrom(path: string): ReadSnapshot {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const why = codeOf(error) === "ENOENT" ? "is not there" : `cannot be read (${codeOf(error)})`;
    return refuse(`The file ${path} ${why}.`, "Give the path of a snapshot, FILE.json or FILE.json.gz.");
  }
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  try {
    if (isGzip) bytes = gunzipSync(bytes, { maxOutputLength: MOST_JSON_BYTES });
  } catch (error) {
    if (codeOf(error) !== "ERR_BUFFER_TOO_LARGE")
      return refuse(`${path} is gzip, but cut short or changed on its way.`, "Ask for the file again.");
    bytes = Buffer.alloc(MOST_JSON_BYTES + 1);
  }
  if (bytes.length > MOST_JSON_BYTES)
    return refuse(
      `${path} holds more than the ${MOST_JSON_BYTES >> 20} MiB that a snapshot may have.`,
      "Record less, or keep a shorter time.",
    );
  return readSnapshot(bytes);
}
