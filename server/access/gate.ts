/** Who a request comes from: its names must be ours, and it must bring a token. */
import type { IncomingMessage } from "node:http";
import type { Visitor } from "../protocol/access";
import type { Audit } from "./audit";
import { Bucket } from "./bucket";
import { mayPass } from "./hosts";
import type { Tokens } from "./tokens";

/** Wrong tokens from one address: ten at once, then one a second. */
const GUESSES = { most: 10, aSecond: 1 };
const MOST_ADDRESSES = 1000;

export interface Refusal {
  status: 401 | 403 | 429;
  /** A sentence each. */
  reason: string;
  fix: string;
}
export type Admission = { visitor: Visitor } | { refusal: Refusal };

const ASK = "Open the address that Ringside printed when it started, or ask an operator for a link.";
const REFUSALS = {
  foreign: {
    status: 403,
    reason: "This name is not one of this server's.",
    fix: "Start it with --allow-host NAME to allow it.",
  },
  none: { status: 401, reason: "This page needs a link with a token.", fix: ASK },
  forged: { status: 401, reason: "This token is not one of this server's.", fix: ASK },
  expired: { status: 401, reason: "This link has expired.", fix: ASK },
  revoked: { status: 401, reason: "This link was revoked.", fix: ASK },
  tooMany: {
    status: 429,
    reason: "Too many wrong tokens came from this address.",
    fix: "Wait some seconds, then open the right link.",
  },
} satisfies Record<string, Refusal>;

/** Of the other side; a tunnel's or a proxy's end where there is one. */
export const addressOf = (request: IncomingMessage): string =>
  (request.socket.remoteAddress ?? "").replace(/^::ffff:/, "");

/** Browsers keep cookies by host, not by port: several servers on one host must not take each other's. */
export const cookieName = (request: IncomingMessage): string =>
  `ringside${/:(\d+)$/.exec(request.headers.host ?? "")?.[1] ?? ""}`;

function cookieOf(request: IncomingMessage): string | undefined {
  const name = `${cookieName(request)}=`;
  const found = request.headers.cookie?.split(/;\s*/).find((part) => part.startsWith(name));
  return found?.slice(name.length);
}

const bearerOf = (request: IncomingMessage): string | undefined =>
  /^Bearer (\S+)$/i.exec(request.headers.authorization ?? "")?.[1];

export class Gate {
  private readonly guesses = new Map<string, Bucket>();

  constructor(
    private readonly hosts: ReadonlySet<string>,
    readonly tokens: Tokens,
    private readonly audit: Audit,
  ) {}

  /** `token`: one that the address itself brought; else that of `Authorization: Bearer`, else the cookie's. */
  admit(request: IncomingMessage, token?: string): Admission {
    const from = addressOf(request);
    const answer = this.judge(request, from, token ?? bearerOf(request) ?? cookieOf(request));
    if ("refusal" in answer) {
      const path = (request.url ?? "").replace(/token=[^&]*/, "token=…");
      const { host, origin } = request.headers;
      const asked = { path, host, ...(origin !== undefined && { origin }) };
      this.audit.write({ who: "nobody", from, what: "visit", with: asked, outcome: answer.refusal.reason });
    }
    return answer;
  }

  /** Whether it asks for one of this server's names, and comes from no other's page. */
  knows(request: IncomingMessage): boolean {
    return mayPass(request, this.hosts);
  }

  /** Whom the request's cookie names, if that is still valid. */
  admitted(request: IncomingMessage): Visitor | undefined {
    const check = this.tokens.check(cookieOf(request) ?? "");
    return "visitor" in check ? check.visitor : undefined;
  }

  private judge(request: IncomingMessage, from: string, token: string | undefined): Admission {
    if (!this.knows(request)) return { refusal: REFUSALS.foreign };
    if (token === undefined) return { refusal: REFUSALS.none };
    const check = this.tokens.check(token);
    // A right token always passes, so that guesses from behind the same tunnel lock nobody out; 128 bits are not guessed.
    if ("visitor" in check) return check;
    if (check.refused === "forged" && !this.mayGuess(from)) return { refusal: REFUSALS.tooMany };
    return { refusal: REFUSALS[check.refused] };
  }

  private mayGuess(from: string): boolean {
    let bucket = this.guesses.get(from);
    if (!bucket) {
      if (this.guesses.size >= MOST_ADDRESSES) this.guesses.clear();
      bucket = new Bucket(GUESSES.most, GUESSES.aSecond);
      this.guesses.set(from, bucket);
    }
    return bucket.take();
  }
}
