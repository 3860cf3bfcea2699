/** Who is connected: counted for everyone, told goodbye when their link ends. */
import type { Server, Socket } from "socket.io";
import type { ClientEvents, Problem, ServerEvents } from "../protocol";
import type { Present, Visitor } from "../protocol/access";
import { Bucket } from "./bucket";
import type { Tokens } from "./tokens";

/** What the server knows of a socket. */
export interface Caller {
  visitor: Visitor;
  from: string;
  resting: boolean;
}

type Nothing = Record<string, never>;
export type CallerSocket = Socket<ClientEvents, ServerEvents, Nothing, Caller>;
export type CallerServer = Server<ClientEvents, ServerEvents, Nothing, Caller>;

/** How soon others see who came, and how soon a link ends that expired or that another server on this folder revoked. */
const TELL_MS = 300;
const CHECK_MS = 5000;

const ENDED: Record<"expired" | "revoked" | "forged", string> = {
  expired: "Your link has expired.",
  revoked: "Your link was revoked.",
  forged: "Your link is no longer one of this server's.",
};

export class Callers {
  private telling: NodeJS.Timeout | undefined;

  constructor(
    private readonly io: CallerServer,
    private readonly tokens: Tokens,
  ) {
    setInterval(() => this.check(), CHECK_MS).unref();
  }

  /** Pages that a link has opened now. */
  openBy(id: string): number {
    return this.all().filter(({ data }) => data.visitor.id === id).length;
  }

  /** Tells all, soon: two hundred that come at once are one message. */
  changed(): void {
    this.telling ??= setTimeout(() => {
      this.telling = undefined;
      this.io.emit("present", this.present());
    }, TELL_MS);
  }

  present(): Present {
    const present: Present = { operators: 0, viewers: 0 };
    for (const { data } of this.all())
      if (!data.resting) present[data.visitor.role === "operator" ? "operators" : "viewers"]++;
    return present;
  }

  /** Hangs up on all whose link is no longer valid. */
  check(): void {
    const ended = new Map<string, Problem | undefined>();
    for (const socket of this.all()) {
      const { visitor } = socket.data;
      if (!ended.has(visitor.id)) {
        const check = this.tokens.check(this.tokens.textOf(visitor));
        ended.set(
          visitor.id,
          "refused" in check
            ? { reason: ENDED[check.refused], fix: "Ask an operator for a new one." }
            : undefined,
        );
      }
      const problem = ended.get(visitor.id);
      if (problem) hangUp(socket, problem);
    }
  }

  private all(): CallerSocket[] {
    return [...this.io.sockets.sockets.values()];
  }
}

/** Says why, and closes; the page does not come back by itself. */
export function hangUp(socket: CallerSocket, problem: Problem): void {
  socket.emit("farewell", problem);
  socket.disconnect(true);
}

/** How much one page may ask: `aSecond` messages, twice that at once, then sentences, then nothing. */
export class Allowance {
  private readonly messages: Bucket;
  private readonly excess: Bucket;

  constructor(aSecond: number) {
    this.messages = new Bucket(2 * aSecond, aSecond);
    this.excess = new Bucket(10 * aSecond, aSecond);
  }

  /** `over`: answer with a sentence; `flood`: it goes on regardless. */
  take(cost: number): "ok" | "over" | "flood" {
    if (this.messages.take(cost)) return "ok";
    return this.excess.take() ? "over" : "flood";
  }
}
