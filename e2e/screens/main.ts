/**
 * `npm run screens`: pictures of every state of every page, in both themes and two sizes, from a live server, to be looked
 * at. `--only busy,empty`: these states; `--theme dark`; `--size 1440x900`; `--out FOLDER`.
 */
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium, type Page } from "@playwright/test";
import { pages } from "../../components/pages";
import { systemChromium } from "../../scripts/chromium.mjs";
import { fromRoot } from "../../server/project";
import { startServer } from "../harness/server";

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    theme: { type: "string", default: "dark,light" },
    size: { type: "string", default: "1440x900,1920x1080" },
    out: { type: "string", default: fromRoot("screens") },
  },
});

const busy = ["biolatency", "profile", "opensnoop", "syscount"];
const sleep = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const panelOf = (page: Page, tool: string) => page.getByRole("region", { name: tool, exact: true });
const press = (page: Page, tool: string, button: string | RegExp) =>
  panelOf(page, tool).getByRole("button", { name: button }).first().click();

async function keys(page: Page, ...all: string[]) {
  for (const key of all) await page.keyboard.press(key);
}

/** Where each state is, and what brings it about. */
const states: Record<string, { path: string; act?(page: Page): Promise<unknown> }> = {
  busy: { path: `/?${busy.join("&")}` },
  "own-layout": { path: "/?profile=5x12&biolatency=7x5&syscount=7x7" },
  enlarged: { path: "/?biolatency=max&profile" },
  six: { path: `/?${[...busy, "execsnoop", "runqlat"].join("&")}` },
  empty: { path: "/" },
  disk: { path: "/", act: (page) => page.getByRole("button", { name: /^Disk feels slow/ }).click() },
  cpu: { path: "/", act: (page) => page.getByRole("button", { name: /^CPU is busy/ }).click() },
  form: { path: "/", act: (page) => page.locator('[data-tool="opensnoop"]').click() },
  refused: {
    path: "/",
    async act(page) {
      await page.locator('[data-tool="funclatency"]').click();
      await page.getByRole("combobox", { name: "What to trace" }).fill("/no/such/program:main");
      await page.getByRole("button", { name: "Start funclatency" }).last().click();
    },
  },
  palette: { path: `/?${busy.join("&")}`, act: (page) => keys(page, "Control+k") },
  "palette-process": {
    path: `/?${busy.join("&")}`,
    async act(page) {
      await keys(page, "Control+k");
      await page.keyboard.type("profile process");
      await keys(page, "Enter");
    },
  },
  keys: { path: `/?${busy.join("&")}`, act: (page) => keys(page, "?") },
  focus: { path: `/?${busy.join("&")}`, act: (page) => keys(page, "2") },
  "not-running": { path: "/?opensnoop=failed:true&nosuchtool&tcplife" },
  waiting: { path: "/?tcplife&tcpconnect", act: (page) => press(page, "tcplife", "Start tcplife") },
  ended: { path: "/?execsnoop", act: (page) => press(page, "execsnoop", "Stop the tracer, for everyone") },
};
for (const { path } of pages.filter((page) => page.path !== "/")) states[path.slice(1)] = { path };

const load = spawn(
  "bash",
  [
    "-c",
    "while :; do dd if=/dev/zero of=/var/tmp/ringside-screens bs=64k count=30 oflag=direct; cat /no/such/file; timeout 0.3 sha256sum /dev/zero; sleep 0.1; done",
  ],
  { stdio: "ignore", detached: true },
);
const server = await startServer(["--log-level", "error", "--idle-seconds", "600"]);
const executablePath = systemChromium();
const browser = await chromium.launch({ ...(executablePath && { executablePath }), args: ["--no-sandbox"] });
try {
  mkdirSync(values.out, { recursive: true });
  const starter = await browser.newPage();
  await starter.goto(`${server.url}/?${states.six?.path.slice(2)}`);
  for (const tool of [...busy, "execsnoop", "runqlat"]) await press(starter, tool, `Start ${tool}`);
  await sleep(20);
  await starter.close();
  const chosen = values.only?.split(",") ?? Object.keys(states);
  for (const theme of values.theme.split(","))
    for (const size of values.size.split(",")) {
      const [width = 1440, height = 900] = size.split("x").map(Number);
      const context = await browser.newContext({ viewport: { width, height }, reducedMotion: "reduce" });
      await context.addInitScript((choice) => localStorage.setItem("theme", choice), theme);
      for (const name of chosen) {
        const state = states[name];
        if (!state)
          throw new Error(`There is no state "${name}": choose from ${Object.keys(states).join(", ")}.`);
        const page = await context.newPage();
        page.on("pageerror", (error) => process.stderr.write(`${name} ${theme} ${size}: ${error.message}\n`));
        await page.goto(server.url + state.path);
        await page.getByText("Live", { exact: true }).waitFor();
        await state.act?.(page);
        await sleep(2);
        await page.screenshot({ path: join(values.out, `${name}-${theme}-${size}.png`) });
        await page.close();
      }
      await context.close();
      process.stdout.write(`${chosen.length} pictures, ${theme}, ${size}, in ${values.out}\n`);
    }
} finally {
  await browser.close();
  await server.stop();
  if (load.pid) process.kill(-load.pid, "SIGKILL");
}
