import type { Tool } from "./tool";

export default {
  title: "TCP connections that ended: between whom, how long, how much",
  tells:
    "One row for each TCP connection when it closes, with both ends, its owner, the bytes each way and its duration. Reach for it to find connection leaks, chatty clients, and services that open a new connection for every request. Connections that were open before the tool are not shown.",
  subsystem: "Network",
  table: "events",
  view: "events",
  cost: "low",
  costWhy: "under a microsecond a few times in a connection's life; nothing for each packet",
  columns: {
    time: { title: "Time", help: "When the socket closed" },
    pid: {
      title: "PID",
      help: "Process that connected, or that closed an accepted connection; 0 where the other end broke one off",
    },
    comm: { title: "Command" },
    local: { title: "Local address" },
    local_port: { title: "Port" },
    remote: { title: "Remote address" },
    remote_port: { title: "Port" },
    sent: { title: "Sent", help: "Bytes that the other end acknowledged" },
    received: { title: "Received", help: "Bytes taken in, in order" },
    duration: { title: "Duration", help: "From established to closed" },
  },
  tryIt:
    "node -e \"const n=require('net');const s=n.createServer(c=>c.pipe(c)).listen(0,()=>{const c=n.connect(s.address().port,'127.0.0.1',()=>c.end('hello'));c.resume().on('close',()=>s.close())})\"",
} satisfies Tool;
