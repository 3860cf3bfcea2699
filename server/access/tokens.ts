/**
 * Tokens let their holders in: role, id and expiry, signed. Each that was issued is also a file in the state folder, so
 * that a restart keeps it and taking the file away revokes it.
 */

import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { isThere } from "../is-there";
import { refuse } from "../problem";
import type { Role, Visitor } from "../protocol/access";

/** What is kept of a token; it itself is not. */
export interface Issued extends Visitor {
  title: string;
  path: string;
  made: number;
  by: string;
}

export type Check = { visitor: Visitor } | { refused: "forged" | "expired" | "revoked" };

const SECRET_BYTES = 32;
/** Half of SHA-256's output, which RFC 2104 allows and nobody guesses. */
const MAC_BYTES = 16;
const ID_BYTES = 6;
/** More than anyone lists; a script that shares in a loop is stopped by it. */
const MOST_ISSUED = 1000;
const HOUR_MS = 3_600_000;

const LETTERS: Record<Role, string> = { operator: "o", viewer: "v" };
/** Role, id, expiry in seconds since the epoch (base 36), signature. */
const TOKEN = /^([ov])([\w-]{8})\.([0-9a-z]{1,9})\.([\w-]{22})$/;

/** The secret of the folder, made at the first start. Throws a UserError when others could have read it. */
function readSecret(folder: string): Buffer {
  const file = join(folder, "secret");
  if (!isThere(file)) {
    // Written whole beside its place and linked there: of two first starts at once, one wins and both read it.
    const part = `${file}.${process.pid}`;
    writeFileSync(part, randomBytes(SECRET_BYTES), { mode: 0o600 });
    try {
      linkSync(part, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    } finally {
      rmSync(part);
    }
  }
  const renew = `Delete it; a start makes a new one, and links from before end: rm ${file}`;
  if (statSync(file).mode & 0o077) refuse(`${file}, which signs links, can be read by other users.`, renew);
  const secret = readFileSync(file);
  if (secret.length !== SECRET_BYTES) refuse(`${file}, which signs links, is damaged.`, renew);
  return secret;
}

export class Tokens {
  private readonly folder: string;
  private readonly secret: Buffer;

  /** `state`: the server's state folder. Tokens that have expired are forgotten. */
  constructor(state: string) {
    this.secret = readSecret(state);
    this.folder = join(state, "tokens");
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    chmodSync(this.folder, 0o700);
    this.list();
  }

  /** Makes a token that is valid for `hours`. Throws a UserError when there are too many. */
  issue(of: Pick<Issued, "role" | "title" | "path" | "by">, hours: number): Issued {
    if (this.list().length >= MOST_ISSUED)
      refuse(`There are ${MOST_ISSUED} links already.`, "Revoke some that nobody needs.");
    const made = Date.now();
    // Whole seconds, as the token holds it.
    const expires = Math.ceil((made + hours * HOUR_MS) / 1000) * 1000;
    const issued = { ...of, id: randomBytes(ID_BYTES).toString("base64url"), made, expires };
    const file = this.fileOf(issued.id);
    writeFileSync(`${file}.part`, JSON.stringify(issued), { mode: 0o600 });
    renameSync(`${file}.part`, file);
    return issued;
  }

  /** The token's text. */
  textOf({ role, id, expires }: Visitor): string {
    const claims = `${LETTERS[role]}${id}.${(expires / 1000).toString(36)}`;
    return `${claims}.${this.sign(claims).toString("base64url")}`;
  }

  check(token: string): Check {
    const [, letter, id = "", seconds = "", mac = ""] = TOKEN.exec(token) ?? [];
    if (letter === undefined) return { refused: "forged" };
    const given = Buffer.from(mac, "base64url");
    const right = this.sign(token.slice(0, token.lastIndexOf(".")));
    if (given.length !== right.length || !timingSafeEqual(given, right)) return { refused: "forged" };
    const visitor: Visitor = {
      role: letter === LETTERS.operator ? "operator" : "viewer",
      id,
      expires: Number.parseInt(seconds, 36) * 1000,
    };
    if (visitor.expires <= Date.now()) return { refused: "expired" };
    return isThere(this.fileOf(id)) ? { visitor } : { refused: "revoked" };
  }

  /** Those that are valid, newest first. */
  list(): Issued[] {
    const issued: Issued[] = [];
    for (const name of readdirSync(this.folder)) {
      const file = join(this.folder, name);
      const one = readIssued(file);
      // What another server is writing just now is a ".part".
      if (one && one.expires > Date.now()) issued.push(one);
      else if (name.endsWith(".json")) rmSync(file, { force: true });
    }
    return issued.sort((a, b) => b.made - a.made);
  }

  /** Whether there was one. */
  revoke(id: string): boolean {
    const file = this.fileOf(id);
    const was = isThere(file);
    rmSync(file, { force: true });
    return was;
  }

  private fileOf(id: string): string {
    return join(this.folder, `${id}.json`);
  }

  private sign(claims: string): Buffer {
    return createHmac("sha256", this.secret).update(claims).digest().subarray(0, MAC_BYTES);
  }
}

function readIssued(file: string): Issued | undefined {
  if (!file.endsWith(".json")) return undefined;
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Issued;
  } catch {
    return undefined; // Revoked meanwhile, or written by half when the power went: no longer valid.
  }
}
