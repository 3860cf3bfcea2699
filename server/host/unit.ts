/** The systemd unit of a server that runs by itself: its own user, the capabilities that tools use, and nothing besides. */
import { serverFlags } from "../../scripts/server-flags.mjs";
import { fromRoot } from "../project";
import { capabilities, isAskedFor } from "./capabilities";

export const SERVICE = "ringside";
export const UNIT_PATH = `/etc/systemd/system/${SERVICE}.service`;
export const STATE_PATH = `/var/lib/${SERVICE}`;

const NAMES = capabilities.filter(isAskedFor).join(" ");

/** A word of a command line in a unit: quoted, and without what systemd would put in (systemd.service(5), systemd.unit(5)). */
const word = (text: string): string => {
  const plain = text.replaceAll("%", "%%").replaceAll("$", "$$$$");
  return /^[\w@%+=:,./-]+$/.test(plain)
    ? plain
    : `"${plain.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
};

/** `args`: the server's own options. */
export function unitText(args: readonly string[]): string {
  const command = [process.execPath, ...serverFlags, fromRoot("dist", "server.js"), ...args];
  return `[Unit]
Description=Ringside: eBPF tools, live in a browser
After=network.target

[Service]
Type=exec
ExecStart=${command.map(word).join(" ")}
User=${SERVICE}
Group=${SERVICE}
StateDirectory=${SERVICE}
StateDirectoryMode=0700
UMask=0077
Nice=-10
LimitNOFILE=65536
Restart=on-failure
RestartSec=2

# Taking one away costs what README.md says of it; CAP_BPF and CAP_PERFMON are what tools cannot do without.
AmbientCapabilities=${NAMES}
CapabilityBoundingSet=${NAMES}
NoNewPrivileges=yes

# Everything may be read, for the names of functions; nothing but the state folder is written.
ProtectSystem=strict
ProtectHome=read-only
PrivateTmp=yes
PrivateDevices=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RemoveIPC=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service bpf perf_event_open
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
`;
}
