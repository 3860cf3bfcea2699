/** What the host's processes are, as /proc has them: for the pickers and the processes page. */

export interface ProcessInfo {
  pid: number;
  command: string;
  commandLine: string;
  user: string;
}

export interface ProcessThread {
  tid: number;
  name: string;
  /** The letter that ps shows. */
  state: string;
  /** Nanoseconds since it was started: on a CPU, and waiting for one. */
  cpu: number;
  wait: number;
}

export interface ProcessSocket {
  fd: number;
  /** `tcp`, `tcp6`, `udp`, `udp6`, `unix`. */
  protocol: string;
  /** `127.0.0.1:80`, `[::1]:80`, or a path. */
  local: string;
  remote: string;
  state: string;
}

/** One process as /proc has it now. */
export interface ProcessDetails {
  command: string;
  /** NUL between arguments. */
  commandLine: string;
  executable: string;
  directory: string;
  user: string;
  /** Bytes. */
  memory: { resident: number; swapped: number; virtual: number };
  /** `all`: how many there are; the list has the first 500. */
  threads: { all: number; list: ProcessThread[] };
  /** The first 1000; `hidden`: they are not this server's to see. */
  files: { all: number; list: { fd: number; path: string }[]; hidden?: boolean };
  sockets: ProcessSocket[];
  limits: { name: string; soft: string; hard: string; unit: string }[];
}
