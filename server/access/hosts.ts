/** Who may talk to the server: Host and Origin allow-lists against DNS rebinding and cross-site sockets. */
import type { IncomingMessage } from "node:http";
import { isIPv4, isIPv6 } from "node:net";

const LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "[::1]"];

export const isLoopback = (address: string): boolean =>
  address === "localhost" || address === "::1" || (isIPv4(address) && address.startsWith("127."));

/** Names a browser may call this server by, without the port. */
export function allowedHosts(listen: string, extra: readonly string[]): ReadonlySet<string> {
  const own = isIPv6(listen) ? `[${listen}]` : listen;
  return new Set([...LOOPBACK_HOSTS, own, ...extra].map((host) => host.toLowerCase()));
}

/** Host part of `host`, `host:port`, `[v6]:port`. */
const withoutPort = (host: string): string => host.toLowerCase().replace(/:\d+$/, "");

/**
 * Whether a request may pass: its Host must be one of ours, and a browser's Origin must be that same host and port
 * (a page of another site, or of another port, has another Origin). Programs that are no browsers send no Origin.
 */
export function mayPass(request: IncomingMessage, hosts: ReadonlySet<string>): boolean {
  const { host, origin } = request.headers;
  if (!host || !hosts.has(withoutPort(host))) return false;
  return origin === undefined || /^https?:\/\/(.+)$/.exec(origin)?.[1]?.toLowerCase() === host.toLowerCase();
}
