/** A client of the socket without a page: starts runs, collects their rows as objects (few rows: tests only). */
import { io, type Socket } from "socket.io-client";
import { type ColumnValues, decodeBatch } from "../../components/batch";
import type {
  ClientEvents,
  Frame,
  Host,
  Problem,
  Result,
  RunInfo,
  RunRequest,
  ServerEvents,
  ToolInfo,
} from "../../server/protocol";
import type { Visitor } from "../../server/protocol/access";
import { bearer, tokenOf } from "./server";

export type Cell = number | bigint | string | Uint8Array;
export type Row = Record<string, Cell>;

export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(`${problem.reason} ${problem.fix}`);
  }
}

/** The value, or throws Refused. */
export function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Refused(result.problem);
  return result.value;
}

const decoder = new TextDecoder();

function cell(column: ColumnValues, row: number): Cell {
  if (column.kind === "text")
    return decoder.decode(column.bytes.subarray(column.offsets[row], column.offsets[row + 1]));
  if (column.kind === "bytes") return column.bytes.slice(row * column.size, (row + 1) * column.size);
  return column.values[row] ?? 0;
}

export class Collected {
  rows: Row[] = [];
  /** Rows that were not sent, by gaps in their numbers. */
  notSent = 0;
  batches = 0;
  readonly frames: Frame[] = [];
  readonly stacks = new Map<number, number[]>();
  private nextRow: number | undefined;

  get isMap(): boolean {
    return this.tool.kind === "map";
  }

  constructor(
    readonly info: RunInfo,
    private readonly tool: ToolInfo,
  ) {}

  take(...[, heads, data]: Parameters<ServerEvents["rows"]>): void {
    let offset = 0;
    for (const [first, , bytes] of heads) {
      const batch = decodeBatch(this.tool.columns, data, offset, bytes);
      offset += bytes;
      this.notSent += first - (this.nextRow ?? first);
      this.nextRow = first + batch.rows;
      this.batches++;
      for (let row = 0; row < batch.rows; row++)
        this.rows.push(
          Object.fromEntries(
            this.tool.columns.map((column, i) => [column.name, cell(batch.columns[i] as ColumnValues, row)]),
          ),
        );
    }
  }

  /** What `RunInfo.count` counts, as far as it is here: rows, or the sum of a map's first u64 value. */
  get counted(): number {
    const value = this.tool.columns.find((column) => !column.key && column.type === "u64");
    return this.isMap ? this.sum(value?.name ?? "") : this.rows.length;
  }

  /** Whether every stack that rows name is here too. */
  get allNamed(): boolean {
    const columns = this.tool.columns.filter((column) => column.type === "stack").map(({ name }) => name);
    return this.rows.every((row) =>
      columns.every((name) => !row[name] || this.stacks.has(Number(row[name]))),
    );
  }

  /** Names of a stack, leaf first. */
  stack(id: Cell | undefined): string[] {
    return (this.stacks.get(Number(id)) ?? []).map((index) => this.frames[index]?.name ?? "?");
  }

  /** Sum of a column over the rows that pass. */
  sum(column: string, pass: (row: Row) => boolean = () => true): number {
    return this.rows.filter(pass).reduce((sum, row) => sum + Number(row[column]), 0);
  }
}

export class Client {
  host!: Host;
  visitor!: Visitor;
  tools = new Map<string, ToolInfo>();
  runs: RunInfo[] = [];
  private readonly collected = new Map<number, Collected>();
  private constructor(readonly socket: Socket<ServerEvents, ClientEvents>) {}

  /** As an operator, unless another token is given; of a server of the harness. */
  static async connect(url: string, token = tokenOf(url)): Promise<Client> {
    const extraHeaders = bearer(token);
    const client = new Client(
      io(url, { transports: ["websocket"], reconnection: false, extraHeaders, forceNew: true }),
    );
    const { socket, collected } = client;
    socket.on("runs", (runs) => {
      client.runs = runs;
    });
    socket.on("rows", (run, heads, data, received) => {
      // socket.io hands Node a Buffer that may start anywhere; typed arrays want it aligned.
      const bytes = data as unknown as Buffer;
      const aligned = bytes.buffer.slice(
        bytes.byteOffset,
        bytes.byteOffset + bytes.byteLength,
      ) as ArrayBuffer;
      collected.get(run)?.take(run, heads, aligned, received);
      received();
    });
    socket.on("stacks", (run, batch) => {
      const target = collected.get(run);
      for (const [name, module, kind] of batch.frames) target?.frames.push({ name, module, kind });
      for (const [id, frames] of batch.stacks) target?.stacks.set(id, frames);
    });
    await new Promise<void>((resolve, reject) => {
      socket.once("hello", (host, tools, visitor) => {
        client.host = host;
        client.visitor = visitor;
        client.tools = new Map(tools.map((tool) => [tool.name, tool]));
        resolve();
      });
      socket.once("connect_error", reject);
    });
    return client;
  }

  /** Starts and watches; resolves once it is attached. Throws Refused. */
  async start(tool: string, parameters: RunRequest["parameters"] = {}, target?: string): Promise<Collected> {
    const request: RunRequest = { tool, parameters, ...(target && { target }) };
    return this.watch(value(await this.socket.emitWithAck("start", request)));
  }

  /** Watches a run that somebody started. */
  async watch(info: RunInfo): Promise<Collected> {
    const known = this.tools.get(info.request.tool);
    if (!known) throw new Error(`no tool ${info.request.tool}`);
    const collected = new Collected(info, known);
    this.collected.set(info.id, collected);
    value(await this.socket.emitWithAck("watch", info.id));
    return collected;
  }

  /** Stops, and waits until every row that was recorded is here. */
  async stop(collected: Collected): Promise<RunInfo> {
    const info = value(await this.socket.emitWithAck("stop", collected.info.id));
    // The last rows and names follow the answer.
    await until(() => collected.counted + collected.notSent >= info.count && collected.allNamed, 5000);
    return info;
  }

  close(): void {
    this.socket.close();
  }
}

/** Polls until `test` holds; throws after `ms`. */
export async function until(test: () => boolean, ms: number): Promise<void> {
  const end = Date.now() + ms;
  while (!test()) {
    if (Date.now() > end) throw new Error(`did not come true within ${ms} ms: ${test}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
