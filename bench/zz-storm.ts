import { keepOpening, LOAD_CPU, openFor } from "./load";
import { allowedCpus, cpuNumbers, cpuSeconds, pinTo, sleep } from "./measure";
import { Stage } from "./stage";

const everywhere = allowedCpus();
pinTo(
  cpuNumbers(everywhere)
    .filter((c) => c !== LOAD_CPU)
    .join(","),
);
for (let i = 0; i < Number(process.env.N ?? 6); i++)
  await Stage.use(async (stage) => {
    for (let k = 0; k < 3; k++) {
      const run = await stage.start("opensnoop");
      const gentle = keepOpening(500, "/etc/passwd");
      await sleep(0.2);
      gentle.stop();
      await sleep(1);
      const before = cpuSeconds(stage.server.pid);
      const speed = await openFor(4, 0, "/etc/passwd");
      const cpu = ((cpuSeconds(stage.server.pid) - before) * 100) / 4;
      const { loss } = await stage.stop(run);
      console.log(i, k, Math.round(speed / 1000), "k/s cpu", cpu.toFixed(1), "lost", loss.ring);
    }
  });
pinTo(everywhere);
