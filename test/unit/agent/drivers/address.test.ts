import t from "tap";
import { hostAndPort, parseAddress } from "../../../../agent/drivers/address.ts";

t.test("a host, a host with a port and a URL are addresses", async (t) => {
  t.match(parseAddress("rig-7.lan"), { host: "rig-7.lan", port: undefined });
  t.match(parseAddress(" 127.0.0.1:4028 "), { host: "127.0.0.1", port: 4028 });
  t.match(parseAddress("[::1]:80"), { host: "::1", port: 80 });
  t.match(parseAddress("fe80::1"), { host: "fe80::1", port: undefined });
  t.match(parseAddress("http://10.0.0.5/miner"), { host: "10.0.0.5", port: undefined });
  t.match(parseAddress("https://[::1]:8443/"), { host: "::1", port: 8443 });
});

t.test("a login in a URL is taken out of it", async (t) => {
  const address = parseAddress("http://ro%40t:s%2Fcret@10.0.0.5:81/");
  t.match(address, { username: "ro@t", password: "s/cret", port: 81 });
  t.equal(address.url?.href, "http://10.0.0.5:81/");
});

t.test("what is no address is refused without repeating what may be a password", async (t) => {
  for (const text of [
    "",
    "a b",
    "host:0",
    "host:99999",
    "host:port",
    "ftp://x",
    "http://",
    "host/path",
    "user:pw@host",
    "http://u:hunter2@:80/",
  ]) {
    t.throws(
      () => parseAddress(text),
      { code: "settings-invalid", message: /^((?!hunter2).)*$/ },
      text,
    );
  }
  t.match(parseAddress("http://a:50%@h/"), { password: "50%" });
});

t.test("an IPv6 host is written in brackets before a port", async (t) => {
  t.equal(hostAndPort("::1", 80), "[::1]:80");
  t.equal(hostAndPort("a", 80), "a:80");
});

t.test("what no URL can be made of is no host, and a zone is said to be none", async (t) => {
  for (const text of ["a|b:80", "1.2.3.999:80", "a%0d%0ab:80", "a\\b", "1:2:3", "http://h:0/"])
    t.throws(
      () => parseAddress(text),
      { code: "settings-invalid", message: /an address is/ },
      text,
    );
  for (const text of ["[fe80::1%lo]:80", "fe80::1%eth0"])
    t.throws(() => parseAddress(text), { code: "settings-invalid", message: /zone/ }, text);
});

t.test("a login that no request can carry is refused, and not repeated", async (t) => {
  for (const login of ["ro%0aot:pw", "root:p%00w", "root:p%7fw"])
    t.throws(() => parseAddress(`http://${login}@h/`), {
      code: "settings-invalid",
      message: /^the login in an address holds a control character$/,
    });
});
