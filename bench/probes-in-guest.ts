/** For a virtual machine whose time counts instructions: what each probe costs there, a line of JSON each. */
import { sleep } from "./measure";
import { measureProbe, probes } from "./probe-cost";
import { Stage } from "./stage";

/** Each round is like the other there, but the first, which warms the server: of three, the middle is none that it moved. */
const ROUNDS = 3;

await Stage.use(async (stage) => {
  await sleep(3);
  for (const one of probes()) {
    const cost = await measureProbe(stage, one, ROUNDS);
    process.stdout.write(`${JSON.stringify({ probe: one.probe, tool: one.request.tool, ...cost })}\n`);
  }
});
