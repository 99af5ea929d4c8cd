import t from "tap";
import { isLoopback, parseListen } from "../../../../agent/core/listen.ts";

t.test("a listen address has a host and a port", async (t) => {
  t.strictSame(parseListen("127.0.0.1:9595"), { host: "127.0.0.1", port: 9595 });
  t.strictSame(parseListen("[::1]:0"), { host: "::1", port: 0 });
  t.strictSame(parseListen("localhost:80"), { host: "localhost", port: 80 });
  for (const text of ["127.0.0.1", ":80", "::1:80", "a:65536", "a:-1", "a:80/x", "u@a:80", ""]) {
    t.equal(parseListen(text), undefined, text);
  }
});

t.test("only names that cannot mean another machine are loopback", async (t) => {
  for (const host of ["127.0.0.1", "127.255.0.9", "::1", "[::1]", "localhost", "LOCALHOST"]) {
    t.equal(isLoopback(host), true, host);
  }
  for (const host of [
    "0.0.0.0",
    "::",
    "127.0.0.1.example",
    "127.1",
    "127.0.0.256",
    "localhost.example",
    "10.0.0.1",
    "",
  ]) {
    t.equal(isLoopback(host), false, host);
  }
});
