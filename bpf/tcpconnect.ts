import type { Tool } from "./tool";

export default {
  title: "TCP connections attempted, how long each took and how it ended",
  tells:
    "One row for each connect that sent a packet: who, to where, how long until it stood, or the error. Reach for it when a service is slow or cannot reach another. An attempt without a route fails before its first packet and is not shown.",
  subsystem: "Network",
  table: "events",
  view: "events",
  cost: "low",
  costWhy: "about a microsecond for each attempt; nothing for each packet",
  columns: {
    time: { title: "Time", help: "When the outcome was known" },
    pid: { title: "PID" },
    comm: { title: "Command" },
    uid: { title: "User" },
    local: { title: "Local address" },
    local_port: { title: "Port" },
    remote: { title: "Remote address" },
    remote_port: { title: "Port" },
    latency: { title: "Latency", help: "From the first packet to the outcome" },
    result: {
      title: "Result",
      help: "0: established; ECANCELED: given up by this end, for example after its own time limit",
    },
  },
  tryIt: "bash -c 'exec 3<>/dev/tcp/127.0.0.1/9'",
} satisfies Tool;
