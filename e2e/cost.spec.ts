/** What tracing costs, on screen: in a tracer's head and its parts; over its budget it is stopped, and one press starts it with more. */
import { expect, startTool, test } from "./harness/browser";
import { admit, startServer } from "./harness/server";

test("a head shows an event's cost and the share of a CPU, and opens into their parts", async ({
  board,
  load,
}) => {
  const page = await board();
  load("for i in 1 2 3 4 5 6 7 8 9; do : </no/such/file; done");
  const opensnoop = await startTool(page, "opensnoop");
  const cost = opensnoop.getByRole("button", { name: /\d ?(ns|µs)\/event *[<\d.]+ ?% CPU/ });
  await expect(cost).toBeVisible();
  await cost.click();
  const parts = opensnoop.locator("[popover]").filter({ hasText: "of one CPU, all of it together" });
  for (const [figure, what] of [
    [/\d\/s/, "events: runs of its programs"],
    [/\d ?(ns|µs)/, "each in the program, by the kernel's statistics"],
    [/\d ?(ns|µs)/, /each on the way there and back/],
    [/\d ?%/, /of the machine \(\d+ CPUs\)/],
    [/\d ?(kB|MB|KiB|MiB)/, "of kernel memory for its maps"],
  ] as const)
    await expect(parts.getByRole("row").filter({ hasText: what }).getByRole("cell").first()).toHaveText(
      figure,
    );
  await page.keyboard.press("Escape");
  await expect(parts).toBeHidden();
});

test("over its budget a tracer is stopped with the reason on its panel, and one press starts it with more", async ({
  page,
}) => {
  // A sampler costs the same whatever the host does, and cannot record less.
  const server = await startServer(["--budget", "0.01"]);
  try {
    await admit(page.context(), server);
    await page.goto(server.url);
    await page.getByText("Live", { exact: true }).waitFor();
    const profile = await startTool(page, "profile");
    const reason = profile.getByRole("alert");
    await expect(reason).toContainText(
      /Stopped: for 3 s .*of the machine, more than .*budget of 0\.01 %.*events a second at [\d,]+ ns/,
    );
    await expect(reason.getByRole("link", { name: "What this means" })).toHaveAttribute(
      "href",
      "/kernel#overhead",
    );
    await expect(profile.getByText("This is what was recorded.")).toBeVisible();
    const more = profile.getByRole("button", { name: /^Start again with [\d.]+ % of the machine$/ });
    const granted = Number(/[\d.]+/.exec(await more.innerText())?.[0]);
    expect(granted).toBeGreaterThan(0.01);
    await more.click();
    await expect(reason).toBeHidden();
    await profile.getByRole("button", { name: /% CPU$/ }).click();
    await expect(profile.getByLabel("Budget of this tracer")).toHaveValue(String(granted));
  } finally {
    await server.stop();
  }
});
