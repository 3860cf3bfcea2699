/** Forms made from a tool's schema: pickers that know the host, values the server refuses, targets chosen from a list. */
import { expect, panel, test } from "./harness/browser";

test("a process is found by name, and only its rows come", async ({ board, load }) => {
  const page = await board();
  load("cat /etc/hostname; true ring-side-picker");
  await page.locator('[data-tool="opensnoop"]').click();
  const form = page.getByRole("form", { name: "opensnoop" });
  await form.getByLabel("Process", { exact: true }).click();
  await form.getByLabel("Process", { exact: true }).fill("ring-side-picker");
  await form.getByRole("option").first().click();
  await form.getByRole("button", { name: "Start opensnoop" }).click();
  // The chip names the process.
  await expect(panel(page, "opensnoop").getByText(/e2e-load · \d+/)).toBeVisible();
  await expect(page).toHaveURL(/opensnoop=pid:\d+/);
});

test("what the server refuses is said in the form, with the fix, and running tools go on", async ({
  board,
}) => {
  const page = await board();
  await page.locator('[data-tool="opensnoop"]').click();
  const form = page.getByRole("form", { name: "opensnoop" });
  await form.getByLabel("Process", { exact: true }).fill("4194303");
  await form.getByRole("button", { name: "Start opensnoop" }).click();
  await expect(form.getByRole("alert")).toContainText("There is no process 4194303.");
  await expect(form.getByRole("alert")).toContainText("Choose one from the list");
  await form.getByLabel("Process", { exact: true }).fill("");
  await form.getByRole("button", { name: "Start opensnoop" }).click();
  await expect(
    panel(page, "opensnoop").getByRole("button", { name: "Stop the tracer, for everyone" }),
  ).toBeVisible();
});

test("system calls are chosen by name", async ({ board, load }) => {
  const page = await board();
  load("sleep 0.01");
  await page.locator('[data-tool="syslat"]').click();
  const form = page.getByRole("form", { name: "syslat" });
  const calls = form.getByRole("combobox", { name: /calls/i });
  await calls.fill("clock_nano");
  await form.getByRole("option", { name: "clock_nanosleep" }).first().click();
  await form.getByRole("button", { name: "Start syslat" }).click();
  await expect(
    panel(page, "syslat")
      .getByText(/clock_nanosleep/)
      .first(),
  ).toBeVisible();
  await expect(panel(page, "syslat").getByText(/p50/).first()).toBeVisible();
});

test("a function of a library is found and counted", async ({ board, load }) => {
  const page = await board();
  load("cat /etc/hostname");
  await page.locator('[data-tool="funccount"]').click();
  const form = page.getByRole("form", { name: "funccount" });
  await form.getByText("Program or library", { exact: true }).click();
  const target = form.getByRole("combobox", { name: "What to trace" });
  await target.fill("c:malloc");
  await form.getByRole("option", { name: "c:malloc", exact: true }).click();
  await form.getByRole("button", { name: "Start funccount" }).click();
  await expect(panel(page, "funccount").getByRole("gridcell", { name: "malloc", exact: true })).toBeVisible();
});

test("a tracepoint is found and counted", async ({ board, load }) => {
  const page = await board();
  load("/bin/true");
  await page.locator('[data-tool="funccount"]').click();
  const form = page.getByRole("form", { name: "funccount" });
  await form.getByText("Tracepoint", { exact: true }).click();
  await form.getByRole("combobox", { name: "What to trace" }).fill("sched_process_exec");
  await form.getByRole("option", { name: "t:sched:sched_process_exec", exact: true }).click();
  await form.getByRole("button", { name: "Start funccount" }).click();
  await expect(
    panel(page, "funccount")
      .getByRole("gridcell", { name: /sched_process_exec/ })
      .first(),
  ).toBeVisible();
});

test("a target that does not exist gets a sentence", async ({ board }) => {
  const page = await board();
  await page.locator('[data-tool="funclatency"]').click();
  const form = page.getByRole("form", { name: "funclatency" });
  await form.getByRole("combobox", { name: "What to trace" }).fill("/no/such/program:main");
  await form.getByRole("button", { name: "Start funclatency" }).click();
  await expect(
    form.getByRole("alert").filter({ hasText: "There is no program or library /no/such/program." }),
  ).toBeVisible();
});
