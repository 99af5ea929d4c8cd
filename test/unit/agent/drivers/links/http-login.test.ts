import type { IncomingMessage, ServerResponse } from "node:http";
import t, { type Test } from "tap";
import type { LoginScheme } from "../../../../../agent/drivers/driver.ts";
import type { Manner } from "../../../../../agent/drivers/links/entry.ts";
import { httpLink } from "../../../../../agent/drivers/links/http.ts";
import type { Link, Login } from "../../../../../agent/drivers/links/link.ts";
import { codeOf, deadAddress, httpPeer, type Peer } from "../../../../support/driver-peers.ts";
import { FakeClock } from "../../../../support/fakes.ts";

const never = new AbortController().signal;
const LOGIN = { username: "admin", password: 'pa"ss&w\\örd' };
const JSON_LOGIN = {
  kind: "token",
  target: "/api/auth",
  body: '{"user":"{username}","pass":"{password}"}',
  token: "/session/jwt",
} as const;

async function peer(t: Test, answer: Parameters<typeof httpPeer>[0]): Promise<Peer> {
  const made = await httpPeer(answer);
  t.after(() => made.close());
  return made;
}

function linkTo(
  t: Test,
  { address }: Peer,
  login: Login,
  scheme?: LoginScheme,
  { clock = new FakeClock(), manner = "always" as Manner } = {},
): Link {
  const reach = { clock, timeoutMs: 5000, called: address };
  const link = httpLink(reach, new URL(`http://${address}/`), login, { scheme, manner });
  t.after(() => link.stop());
  return link;
}
const ask = async (link: Link, target = "/stats"): Promise<string> =>
  Buffer.from(await link.ask({ target }, never)).toString();

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  return body;
}

/** A device whose sessions are numbered, and end when the test says so. */
function sessions(password: string, grant: (session: string, response: ServerResponse) => void) {
  const met = { logins: [] as string[], asks: 0, session: 0 };
  const isLogin = ({ url = "" }: IncomingMessage): boolean => !url.startsWith("/stats");
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (isLogin(request)) {
      const said = `${request.method} ${request.url} ${request.headers["content-type"]} ${await bodyOf(request)}`;
      met.logins.push(said);
      if (!said.includes(password)) {
        response.writeHead(401).end();
        return;
      }
      met.session += 1;
      grant(`s${met.session}`, response);
      return;
    }
    met.asks += 1;
    const { authorization, cookie, "x-session": header } = request.headers;
    const shown = `${authorization ?? cookie ?? header}`;
    if (new RegExp(`\\bs${met.session}\\b`).test(shown)) response.end(shown);
    else response.writeHead(403).end();
  };
  return { met, answer };
}
const jwt = (session: string, response: ServerResponse): void =>
  void response.end(JSON.stringify({ session: { jwt: session } }));

t.test("a body goes by POST, as JSON or as a form", async (t) => {
  const device = await peer(t, async (request, response) => {
    const { "content-type": type, "content-length": length } = request.headers;
    response.end(`${request.method} ${type} ${length} ${await bodyOf(request)}`);
  });
  const link = linkTo(t, device, {});
  const sent = async (body: string): Promise<string> =>
    Buffer.from(await link.ask({ target: "/x", body }, never)).toString();
  t.equal(await sent('{"a":"ä"}'), 'POST application/json 10 {"a":"ä"}');
  t.equal(await sent("post=4"), "POST application/x-www-form-urlencoded 6 post=4");
  t.equal(await sent(""), "POST application/x-www-form-urlencoded 0 ");
});

t.test("a token is fetched once for all asks, and anew when it is refused", async (t) => {
  const { met, answer } = sessions('"pass":"pa\\"ss&w\\\\örd"', jwt);
  const link = linkTo(t, await peer(t, answer), LOGIN, JSON_LOGIN);
  const first = await Promise.all([ask(link), ask(link), ask(link)]);
  t.strictSame(first, ["Bearer s1", "Bearer s1", "Bearer s1"]);
  t.strictSame(met.logins, [
    'POST /api/auth application/json {"user":"admin","pass":"pa\\"ss&w\\\\örd"}',
  ]);
  met.session = 7;
  const second = await Promise.all([ask(link), ask(link), ask(link)]);
  t.strictSame(second, ["Bearer s8", "Bearer s8", "Bearer s8"]);
  t.equal(met.logins.length, 2);
});

t.test("a login is escaped for where it stands", async (t) => {
  const escaped = "pa%22ss%26w%5C%C3%B6rd";
  const form = sessions(escaped, (session, response) => {
    response.setHeader("set-cookie", [`PHPSESSID=${session}; Path=/; HttpOnly`, "lang=en"]);
    response.writeHead(302, { location: "/index" }).end();
  });
  const byForm = linkTo(t, await peer(t, form.answer), LOGIN, {
    kind: "token",
    target: "/login.php",
    body: "u={username}&p={password}",
  });
  t.equal(await ask(byForm), "PHPSESSID=s1; lang=en");
  t.strictSame(form.met.logins, [
    `POST /login.php application/x-www-form-urlencoded u=admin&p=${escaped}`,
  ]);

  const query = sessions(
    escaped,
    (session, response) => void response.end(JSON.stringify({ "JWT Token": session })),
  );
  const byQuery = linkTo(t, await peer(t, query.answer), LOGIN, {
    kind: "token",
    target: "/user/login?username={username}&password={password}",
    token: "/JWT Token",
    send: "tok {token}",
    header: "X-Session",
  });
  t.equal(await ask(byQuery), "tok s1");
  t.match(query.met.logins, [`GET /user/login?username=admin&password=${escaped} undefined`]);
});

t.test("a cookie that is used up is told by a redirect too", async (t) => {
  let session = 0;
  const device = await peer(t, (request, response) => {
    if (request.url === "/login") {
      session += 1;
      response.setHeader("set-cookie", `sid=${session}`);
      response.end();
    } else if (request.headers.cookie === `sid=${session}`) response.end("in");
    else response.writeHead(302, { location: "/login" }).end();
  });
  const link = linkTo(t, device, LOGIN, { kind: "token", target: "/login" });
  t.equal(await ask(link), "in");
  session = 5;
  t.equal(await ask(link), "in");
  t.equal(session, 6);
});

t.test("a login that is refused is tried once a minute, and says nothing of itself", async (t) => {
  for (const [name, refuse] of [
    ["401", (response: ServerResponse) => response.writeHead(401).end()],
    ["400", (response: ServerResponse) => response.writeHead(400).end()],
    ["an answer without a token", (response: ServerResponse) => response.end('{"session":{}}')],
    ["a token that is none", (response: ServerResponse) => response.end('{"session":{"jwt":{}}}')],
    ["a page", (response: ServerResponse) => response.end("<html>Login</html>")],
    ["nothing", (response: ServerResponse) => response.end()],
  ] as const) {
    const asked: string[] = [];
    const clock = new FakeClock();
    const device = await peer(t, (request, response) => {
      asked.push(request.url ?? "");
      refuse(response);
    });
    const link = linkTo(t, device, LOGIN, JSON_LOGIN, { clock });
    const codes = await Promise.all([codeOf(ask(link)), codeOf(ask(link))]);
    t.strictSame(codes, ["driver-auth", "driver-auth"], name);
    clock.advance(59_000);
    const fault = await link.ask({ target: "/stats" }, never).catch((thrown) => thrown);
    t.match(fault, { code: "driver-auth", message: /tried again in 1 s/ }, name);
    t.notMatch(JSON.stringify([fault.message, fault.facts]), /admin|ss&w/, name);
    t.strictSame(asked, ["/api/auth"], name);
    clock.advance(1000);
    await codeOf(ask(link));
    t.strictSame(asked, ["/api/auth", "/api/auth"], name);
  }
});

t.test("what has no such login, or breaks off, is no wrong password", async (t) => {
  const device = await peer(t, (_request, response) => void response.writeHead(404).end());
  t.equal(await codeOf(ask(linkTo(t, device, LOGIN, JSON_LOGIN))), "driver-refused");
  let broken = true;
  const { met, answer } = sessions("pass", jwt);
  const flaky = await peer(t, (request, response) => {
    if (broken) request.socket.destroy();
    else void answer(request, response);
  });
  const link = linkTo(t, flaky, LOGIN, JSON_LOGIN);
  t.equal(await codeOf(ask(link)), "driver-garbled");
  broken = false;
  t.equal(await ask(link), "Bearer s1", "the next ask logs in at once");
  t.equal(met.logins.length, 1);
});

t.test(
  "an ask that is refused with a fresh login too does not log in again for a minute",
  async (t) => {
    const clock = new FakeClock();
    let logins = 0;
    const device = await peer(t, (request, response) => {
      if (request.url === "/api/auth") {
        logins += 1;
        response.end('{"session":{"jwt":"x"}}');
      } else if (request.url === "/admin") response.writeHead(403).end();
      else response.end("in");
    });
    const link = linkTo(t, device, LOGIN, JSON_LOGIN, { clock });
    for (let i = 0; i < 5; i += 1) {
      t.equal(await codeOf(ask(link, "/admin")), "driver-auth");
      t.equal(await ask(link), "in");
    }
    t.equal(logins, 2);
    clock.advance(60_000);
    await codeOf(ask(link, "/admin"));
    t.equal(logins, 3);
  },
);

t.test("a token that could not stand in a header is not sent", async (t) => {
  const device = await peer(
    t,
    (_request, response) =>
      void response.end(JSON.stringify({ session: { jwt: "a\r\nx-evil: 1" } })),
  );
  await t.rejects(ask(linkTo(t, device, LOGIN, JSON_LOGIN)), { code: "driver-auth" });
});

t.test("a token of the settings is sent as the scheme sends one, without a login", async (t) => {
  const seen: (string | undefined)[] = [];
  const device = await peer(t, (request, response) => {
    seen.push(`${request.url} ${request.headers.authorization}`);
    response.end("in");
  });
  await ask(linkTo(t, device, { token: "tk" }, { ...JSON_LOGIN, send: "{token}" }));
  await ask(linkTo(t, device, { ...LOGIN, token: "tk" }));
  t.strictSame(seen, ["/stats tk", "/stats Bearer tk"]);
});

t.test(
  "a basic login that is refused rests; a page that is closed to it does not stop the others",
  async (t) => {
    const clock = new FakeClock();
    let asks = 0;
    const device = await peer(t, (request, response) => {
      asks += 1;
      if (request.headers.authorization !== `Basic ${btoa("root:right")}`)
        response.writeHead(401, { "www-authenticate": "Basic" }).end();
      else response.writeHead(request.url === "/closed" ? 403 : 200).end("in");
    });
    const right = linkTo(t, device, { username: "root", password: "right" }, undefined, { clock });
    t.equal(await codeOf(ask(right, "/closed")), "driver-auth");
    t.equal(await ask(right), "in");
    asks = 0;
    const wrong = linkTo(t, device, { username: "root", password: "wrong" }, undefined, { clock });
    for (let i = 0; i < 5; i += 1) t.equal(await codeOf(ask(wrong)), "driver-auth");
    t.equal(asks, 1);
  },
);

t.test("to a stranger a login goes only where a 401 asks for it, as it asks for it", async (t) => {
  const basic = `Basic ${btoa("root:hunter2")}`;
  for (const [status, challenge, scheme, sent] of [
    [200, undefined, undefined, []],
    [301, undefined, undefined, []],
    [403, "Basic realm=x", undefined, []],
    [401, "Basic realm=x", undefined, [basic]],
    [401, undefined, undefined, [basic]],
    [401, "Basic realm=x", { kind: "digest" }, []],
    [401, 'Digest realm="x", nonce="n", qop="auth", algorithm=none', undefined, []],
    [401, 'Digest realm="x", nonce="n", qop="auth"', undefined, [/^Digest username="root"/]],
    [401, "Basic realm=x", JSON_LOGIN, []],
    [302, undefined, { kind: "token", target: "/login" }, []],
  ] as const) {
    const name = `${status} ${challenge} ${scheme?.kind}`;
    const shown: string[] = [];
    const asked: string[] = [];
    const device = await peer(t, (request, response) => {
      asked.push(request.url ?? "");
      if (request.headers.authorization) shown.push(request.headers.authorization);
      const headers = challenge === undefined ? {} : { "www-authenticate": challenge };
      response.writeHead(status, headers).end();
    });
    const login = { username: "root", password: "hunter2" };
    const link = linkTo(t, device, login, scheme, { manner: "when-asked" });
    for (let i = 0; i < 3; i += 1) await codeOf(ask(link));
    t.match(shown, sent, name);
    t.equal(shown.length, sent.length, `${name}: sent once`);
    t.ok(asked.every((path) => path === "/stats"));
  }
});

t.test("a login request that meets anything but success rests", async (t) => {
  for (const [status, restS] of [
    [404, 60],
    [500, 60],
    [423, 60],
    [429, 300],
    [503, 300],
  ] as const) {
    let logins = 0;
    const clock = new FakeClock();
    const device = await peer(t, (request, response) => {
      if (request.url === "/api/auth") logins += 1;
      const headers = restS === 60 ? {} : { "retry-after": `${restS}` };
      response.writeHead(request.url === "/api/auth" ? status : 401, headers).end();
    });
    const link = linkTo(t, device, LOGIN, JSON_LOGIN, { clock });
    for (let i = 0; i < 5; i += 1) t.equal(await codeOf(ask(link)), "driver-refused", `${status}`);
    clock.advance(restS * 1000 - 1);
    await codeOf(ask(link));
    t.equal(logins, 1, `${status}`);
    clock.advance(1);
    await codeOf(ask(link));
    t.equal(logins, 2, `${status}`);
  }
});

t.test("a login that is answered 403, or stale for ever, is sent twice and rests", async (t) => {
  for (const [scheme, status, more] of [
    ["basic", 403, ""],
    ["digest", 403, ""],
    ["digest", 401, ", stale=true"],
  ] as const) {
    let sent = 0;
    const device = await peer(t, (request, response) => {
      if (request.headers.authorization) sent += 1;
      const challenge = `Digest realm="x", nonce="n${sent}", qop="auth"${more}`;
      const code = request.headers.authorization ? status : 401;
      response.writeHead(code, { "www-authenticate": challenge }).end();
    });
    const link = linkTo(t, device, LOGIN, { kind: scheme });
    for (let i = 0; i < 10; i += 1) t.equal(await codeOf(ask(link)), "driver-auth");
    t.equal(sent, 2, `${scheme} ${status}${more}`);
  }
});

t.test("a password that is no longer right is sent twice by however many asks", async (t) => {
  let [right, wrong] = [true, 0];
  const device = await peer(t, (_request, response) => {
    if (!right) wrong += 1;
    response.writeHead(right ? 200 : 401).end("in");
  });
  const link = linkTo(t, device, LOGIN);
  t.equal(await ask(link), "in");
  right = false;
  const codes = await Promise.all(Array.from({ length: 10 }, () => codeOf(ask(link))));
  t.ok(codes.every((code) => code === "driver-auth"));
  t.equal(wrong, 2);
});

t.test("what takes a login and is silent gets it less and less often", async (t) => {
  const clock = new FakeClock();
  let logins = 0;
  const device = await peer(t, () => {
    logins += 1;
  });
  const link = linkTo(t, device, LOGIN, JSON_LOGIN, { clock });
  const hang = async (): Promise<string> => {
    const asking = codeOf(ask(link));
    await clock.advanceSlowly(5000);
    return asking;
  };
  t.equal(await hang(), "driver-timeout");
  t.equal(await hang(), "driver-timeout");
  t.equal(logins, 2);
  t.equal(await codeOf(ask(link)), "driver-timeout", "at once");
  t.equal(logins, 2);
  clock.advance(10_000);
  await hang();
  clock.advance(10_000);
  await codeOf(ask(link));
  t.equal(logins, 3);
});

t.test(
  "an ask that hangs does not hold the others up for long, nor does its abort end their login",
  async (t) => {
    const clock = new FakeClock();
    const held: ServerResponse[] = [];
    const device = await peer(t, (request, response) => {
      if (request.url === "/api/auth") held.push(response);
      else response.end("in");
    });
    const link = linkTo(t, device, LOGIN, JSON_LOGIN, { clock });
    const abort = new AbortController();
    const given = codeOf(link.ask({ target: "/a" }, abort.signal));
    const other = ask(link, "/b");
    abort.abort();
    t.equal(await given, "AbortError");
    while (held.length === 0) await new Promise((resolve) => setImmediate(resolve));
    jwt("s1", held[0] as ServerResponse);
    t.equal(await other, "in");
    t.equal(held.length, 1);

    const slow = await peer(t, (request, response) => {
      if (request.url !== "/hangs") response.end("in");
    });
    const basic = linkTo(t, slow, { username: "root" }, undefined, { clock });
    const hanging = codeOf(ask(basic, "/hangs"));
    const behind = ask(basic);
    await clock.advanceSlowly(1000);
    t.equal(await behind, "in");
    await clock.advanceSlowly(4000);
    t.equal(await hanging, "driver-timeout");
  },
);

t.test("a login that is only tried stands in nobody's way", async (t) => {
  const clock = new FakeClock();
  const met = { open: 0, logins: 0 };
  const device = await peer(t, (request, response) => {
    if (request.url === "/api/auth") {
      met.logins += 1;
      response.writeHead(401).end();
    } else if (request.url === "/open") {
      met.open += 1;
      response.end(String(request.headers.authorization));
    } else response.writeHead(403).end();
  });
  const link = linkTo(t, device, LOGIN, JSON_LOGIN, { clock, manner: "when-it-helps" });
  for (let i = 0; i < 3; i += 1) t.equal(await ask(link, "/open"), "undefined");
  t.equal(await codeOf(ask(link)), "driver-auth");
  t.strictSame(met, { open: 3, logins: 1 });
  const { answer } = sessions("pass", jwt);
  const right = linkTo(t, await peer(t, answer), LOGIN, JSON_LOGIN, { manner: "when-it-helps" });
  t.equal(await ask(right), "Bearer s1");
  const dead = linkTo(t, { ...device, address: await deadAddress() }, LOGIN, JSON_LOGIN, {
    manner: "when-it-helps",
  });
  t.equal(await codeOf(ask(dead)), "driver-unreachable");
});

t.test("what is open is read though the login that is only tried has faults", async (t) => {
  for (const [name, meet] of [
    ["no such page", (response: ServerResponse) => response.writeHead(404).end()],
    ["an error", (response: ServerResponse) => response.writeHead(500).end()],
    ["a break", (response: ServerResponse) => response.destroy()],
    ["silence", () => {}],
  ] as const) {
    const device = await peer(t, (request, response) => {
      if (request.url === "/api/auth") meet(response);
      else if (request.url === "/closed") response.writeHead(401).end();
      else response.end("in");
    });
    const manner = "when-it-helps";
    const link = linkTo(t, device, LOGIN, JSON_LOGIN, { manner });
    t.equal(await ask(link), "in", name);
    if (name === "silence") continue;
    t.equal(await codeOf(ask(link, "/closed")), "driver-auth", name);
    t.equal(await ask(link), "in", name);
  }
});

t.test("where a tried login helps, it is sent at once from then on", async (t) => {
  const { met, answer } = sessions("pass", jwt);
  const link = linkTo(t, await peer(t, answer), LOGIN, JSON_LOGIN, { manner: "when-it-helps" });
  t.equal(await ask(link), "Bearer s1");
  t.equal(met.asks, 2);
  t.equal(await ask(link), "Bearer s1");
  t.equal(met.asks, 3);
});
