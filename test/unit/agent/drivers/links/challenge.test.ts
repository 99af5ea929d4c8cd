import fc from "fast-check";
import t from "tap";
import { parseChallenges } from "../../../../../agent/drivers/links/challenge.ts";

t.test("a challenge is read with quotes, blanks and bare words", async (t) => {
  t.strictSame(
    parseChallenges(
      'Digest Realm = "antMiner, \\"S9\\" = x", qop="auth,auth-int",stale=FALSE , n=a=b/==',
    ),
    [
      {
        scheme: "digest",
        parameters: {
          realm: 'antMiner, \\"S9\\" = x',
          qop: "auth,auth-int",
          stale: "FALSE",
          n: "a=b/==",
        },
      },
    ],
  );
});

t.test("several challenges in one header are told apart", async (t) => {
  t.strictSame(parseChallenges('Basic realm="a, Digest b", Digest realm="c", nonce=1, Negotiate'), [
    { scheme: "basic", parameters: { realm: "a, Digest b" } },
    { scheme: "digest", parameters: { realm: "c", nonce: "1" } },
    { scheme: "negotiate", parameters: {} },
  ]);
});

t.test("a parameter that comes twice is the first one", async (t) => {
  t.equal(parseChallenges("Digest nonce=1, nonce=2")[0]?.parameters["nonce"], "1");
});

t.test("any header is read without a fault, and quickly", async (t) => {
  fc.assert(fc.property(fc.string(), (text) => Array.isArray(parseChallenges(text))));
  const startMs = performance.now();
  for (const long of ['Digest realm="', 'a="\\', "a=", "aaaa", ', "', "=,"])
    parseChallenges(long.repeat(16_384 / long.length));
  t.ok(performance.now() - startMs < 1000);
});

t.test("whatever stands in quotes comes out of them", async (t) => {
  fc.assert(
    fc.property(fc.string(), (realm) => {
      const written = realm.replaceAll(/["\\]/g, "\\$&").replaceAll(/[\r\n\u2028\u2029]/g, "");
      const [found] = parseChallenges(`Digest realm="${written}", nonce="n"`);
      return found?.parameters["realm"] === written && found.parameters["nonce"] === "n";
    }),
  );
  t.pass("for 100 realms");
});
