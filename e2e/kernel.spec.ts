/** The kernel's pages in a browser: what works here, a refused program read as a new user would, and what is loaded. */
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { fromRoot } from "../server/project";
import { expect, startTool, test } from "./harness/browser";
import { asNobody, CAP_BPF, CAP_PERFMON } from "./harness/nobody";
import { admit, startServer } from "./harness/server";

const openKernel = async (page: Page, url: string, path: string) => {
  await page.goto(url + path);
  await page.getByText("Live", { exact: true }).waitFor();
};

test("the preflight says what works, what is lost and how to mend it, on both spellings of the address", async ({
  page,
  server,
}) => {
  for (const path of ["/kernel", "/kernel/"]) {
    await openKernel(page, server.url, path);
    await expect(page.getByRole("row", { name: /CAP_BPF held/ })).toBeVisible();
  }
  await expect(page.getByRole("link", { name: "Kernel", exact: true })).toHaveAttribute(
    "aria-current",
    "page",
  );
  await expect(page.getByRole("row", { name: /tp_btf tried: works/ })).toBeVisible();
  for (const title of [
    /BTF is not available/,
    /verifier refuses/,
    /Operation not permitted/,
    /High overhead/,
  ])
    await expect(page.getByRole("region", { name: title })).toBeVisible();
  const types = page.getByRole("region", { name: "Names" });
  const rawTracepoint = types.locator("details").filter({ hasText: /^raw_tracepoint ·/ });
  await rawTracepoint.locator("summary").click();
  await expect(rawTracepoint.getByText(/bpf_get_current_pid_tgid/)).toBeVisible();
  await page.goto(`${server.url}/kernel#permission`);
  await expect(page.getByRole("region", { name: /Operation not permitted/ })).toHaveClass(/border-accent/);
});

test("a refused program shows the verifier's verdict, and the instruction and source line that failed", async ({
  page,
}) => {
  const folder = mkdtempSync(join(tmpdir(), "ringside-refused-"));
  // The server is another user.
  chmodSync(folder, 0o755);
  const object = join(folder, "rejected.bpf.o");
  const arch = process.arch === "arm64" ? "arm64" : "x86";
  execFileSync("clang", [
    ...["-target", "bpf", `-D__TARGET_ARCH_${arch}`, "-g", "-O2", "-I", fromRoot("bpf")],
    ...["-c", fromRoot("e2e", "loads", "rejected.bpf.c"), "-o", object],
  ]);
  const {
    oneOf: _,
    parameters: __,
    ...manifest
  } = JSON.parse(readFileSync(fromRoot("dist", "bpf", "opensnoop.json"), "utf8"));
  writeFileSync(
    join(folder, "rejected.json"),
    JSON.stringify({ ...manifest, columns: { pid: { title: "PID" } } }),
  );
  for (const file of ["opensnoop.json", "opensnoop.bpf.o"])
    copyFileSync(fromRoot("dist", "bpf", file), join(folder, file));
  const server = await startServer(["--tools", folder]);
  try {
    await admit(page.context(), server);
    await openKernel(page, server.url, "/");
    await page.locator('[data-tool="rejected"]').click();
    await page.getByRole("button", { name: "Start rejected", exact: true }).last().click();
    const alert = page.getByRole("alert").first();
    await expect(alert.locator('[data-failed="instruction"]')).toContainText(/^\d+: \([0-9a-f]{2}\) /);
    await expect(alert.locator('[data-failed="source"]')).toContainText("here->ring = wanted()");
    await expect(alert.getByText(/may be NULL: compare/)).toBeVisible();
    await alert.getByRole("link", { name: "What this means" }).click();
    const section = page.getByRole("region", { name: /verifier refuses/ });
    await expect(section).toContainText("It did, since this server was started");
    await expect(section.locator('[data-failed="instruction"]')).toBeVisible();
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true });
  }
});

test("programs, their code and maps, and the trace pipe", async ({ board, server }) => {
  const page = await board();
  await startTool(page, "syscount");
  await openKernel(page, server.url, "/kernel/programs");
  const programs = page.getByRole("grid", { name: "Programs" });
  await page.getByLabel("Ringside's own only").check();
  const row = programs.getByRole("row", { name: /sys_enter/ }).first();
  await expect(row).toContainText(/tracing/);
  // A rate is there once the statistics were read twice.
  await expect(row.getByRole("gridcell").nth(5)).toHaveText(/[1-9]/);
  await row.click();
  const code = page.getByRole("grid", { name: "Translated code" });
  await expect(code.getByRole("gridcell", { name: /^\([0-9a-f]{2}\) / }).first()).toBeVisible();
  await expect(code.getByRole("gridcell", { name: /\.bpf\.[ch]:\d+/ }).first()).toBeVisible();
  await page.getByText("Compiled", { exact: true }).click();
  await expect(page.getByRole("grid", { name: "Compiled code" }).getByRole("row").nth(8)).toBeVisible();
  await page.getByRole("button", { name: /^calls \d+/ }).click();
  await expect(page).toHaveURL(/\?map=\d+/);
  await expect(page.getByRole("cell", { name: /\.count|\{/ }).first()).toBeVisible();
  await page.getByRole("button", { name: "Count them" }).click();
  await expect(page.getByText(/Rows 1 to \d+ of \d/)).toBeVisible();
  await page.goBack();
  await expect(code.or(page.getByRole("grid", { name: "Compiled code" }))).toBeVisible();

  await page.getByText(/^Maps \d/).click();
  await expect(
    page.getByRole("grid", { name: "Maps" }).getByRole("row", { name: /calls/ }).first(),
  ).toBeVisible();
  await page.getByText(/^Links \d/).click();
  await expect(
    page
      .getByRole("grid", { name: "Links" })
      .getByRole("row", { name: /sys_enter/ })
      .first(),
  ).toBeVisible();
  await page.getByLabel("Search the list").fill("no such thing");
  await expect(page.getByText(/^None of \d+ links matches/)).toBeVisible();

  await page.getByText("Trace pipe", { exact: true }).click();
  await expect(page.getByText(/no program has written/)).toBeVisible();
  const words = `ringside browser test ${process.pid}`;
  writeFileSync("/sys/kernel/tracing/trace_marker", words);
  await expect(page.getByRole("gridcell", { name: words })).toBeVisible();
});

test("without the rights for it, each list says what is not shown, and the trace pipe who may read it", async ({
  page,
}) => {
  const server = await startServer([], asNobody(CAP_PERFMON, CAP_BPF));
  try {
    await admit(page.context(), server);
    await openKernel(page, server.url, "/kernel/programs");
    await expect(page.getByText("No eBPF program is loaded, as far as Ringside may see.")).toBeVisible();
    await expect(page.getByText(/^Only Ringside's own/)).toBeVisible();
    await page.getByRole("link", { name: "board", exact: true }).waitFor();
    await page.getByText("Trace pipe", { exact: true }).click();
    await expect(page.getByRole("alert").filter({ hasText: /trace_pipe\) cannot be opened/ })).toContainText(
      "give the server CAP_DAC_READ_SEARCH",
    );
  } finally {
    await server.stop();
  }
});
