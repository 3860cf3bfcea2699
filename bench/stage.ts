/** What most measurements stand on: the real server, a client that starts and stops runs, a browser. */
import type { Browser } from "@playwright/test";
import { Client, value } from "../e2e/harness/client";
import { startServer, type TestServer } from "../e2e/harness/server";
import type { RunCost, RunInfo, RunRequest, ToolInfo } from "../server/protocol";
import { openBrowser } from "./browser";
import type { Peer } from "./peers";

export interface Setting {
  rounds: number;
  peers: readonly Peer[];
  /** Tells whoever waits how it goes. */
  say(line: string): void;
}

export class Stage {
  private opened: Promise<Browser> | undefined;

  private constructor(
    readonly server: TestServer,
    readonly client: Client,
  ) {}

  /** Opened when first asked for: a virtual machine without one can measure what needs none. */
  browser(): Promise<Browser> {
    this.opened ??= openBrowser();
    return this.opened;
  }

  static async use<T>(act: (stage: Stage) => Promise<T>): Promise<T> {
    // A session of its own, as a service has: see server/host/priority.ts.
    const server = await startServer(["--log-level", "error"], ["setsid"]);
    const end = () => void server.process.kill();
    process.once("exit", end);
    try {
      const client = await Client.connect(server.url);
      const stage = new Stage(server, client);
      try {
        return await act(stage);
      } finally {
        await (await stage.opened)?.close();
        client.close();
      }
    } finally {
      await server.stop();
      process.off("exit", end);
    }
  }

  tool(name: string): ToolInfo {
    const tool = this.client.tools.get(name);
    if (!tool) throw new Error(`the server has no ${name}`);
    return tool;
  }

  /** Starts a run without watching it. */
  async start(tool: string, parameters: RunRequest["parameters"] = {}, target?: string): Promise<RunInfo> {
    const request = { tool, parameters, ...(target !== undefined && { target }) };
    return value(await this.client.socket.emitWithAck("start", request));
  }

  /** As it is shown now. */
  costOf({ id }: RunInfo): RunCost | undefined {
    return this.client.runs.find((run) => run.id === id)?.cost;
  }

  async stop({ id }: RunInfo): Promise<RunInfo> {
    return value(await this.client.socket.emitWithAck("stop", id));
  }
}
