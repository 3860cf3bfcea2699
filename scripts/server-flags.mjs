/**
 * Node's flags for the server, the same for users, tests and the bench. A young generation of 1 MiB: batches are
 * external to V8's heap, and a larger one only holds 4 MiB of memory.
 */
export const serverFlags = ["--max-semi-space-size=1"];
