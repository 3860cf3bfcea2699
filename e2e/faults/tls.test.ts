/** Another address than loopback: with a certificate it is served by https alone; what is no certificate is told in a sentence. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { get } from "node:https";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { scratchFolder } from "../harness/load";
import { startServer } from "../harness/server";

function certificate(): [cert: string, key: string] {
  const folder = scratchFolder();
  const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"];
  execFileSync("openssl", ["req", "-x509", ...kind, ...subject, "-keyout", key, "-out", cert], {
    stdio: "ignore",
  });
  return [cert, key];
}

test("served by https, with a cookie that travels by nothing else", async () => {
  const [cert, key] = certificate();
  const names = ["--listen", "0.0.0.0", "--allow-host", "127.0.0.1"];
  const server = await startServer([...names, "--tls-cert", cert, "--tls-key", key]);
  onTestFinished(() => server.stop());
  expect(server.url).toMatch(/^https:\/\/127\.0\.0\.1:/);
  const cookie = await new Promise<string>((resolve, reject) =>
    get(`${server.url}/?token=${server.token}`, { rejectUnauthorized: false }, (response) => {
      response.resume();
      resolve(response.headers["set-cookie"]?.[0] ?? "");
    }).on("error", reject),
  );
  expect(cookie).toMatch(/HttpOnly; SameSite=Strict; Secure$/);
  await expect(fetch(server.url.replace("https", "http"))).rejects.toThrow();
});

test.each<[string, (cert: string, key: string) => string[], RegExp]>([
  ["a certificate without its key", (cert) => ["--tls-cert", cert], /A certificate goes with its key\./],
  [
    "a file that is not there",
    (_, key) => ["--tls-cert", "/no/such.pem", "--tls-key", key],
    /\/no\/such\.pem cannot be read/,
  ],
  [
    "a key for a certificate",
    (_, key) => ["--tls-cert", key, "--tls-key", key],
    /are no certificate and its key/,
  ],
])("%s: a sentence", async (_, args, sentence) => {
  const [cert, key] = certificate();
  const error = await startServer(args(cert, key)).catch((thrown: unknown) => thrown);
  expect(String(error)).toMatch(sentence);
  expect(String(error)).not.toMatch(/at .*:\d+:\d+/);
});

test("a state folder that cannot be: a sentence", async () => {
  const file = join(scratchFolder(), "file");
  writeFileSync(file, "");
  // In /proc nobody can make any, and Node's own way never returns.
  for (const state of [join(file, "below"), file, "/proc/below/it"]) {
    const error = await startServer(["--state", state]).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain(`${state} cannot hold what the server keeps: `);
    expect(String(error)).toContain("--state FOLDER");
  }
});
