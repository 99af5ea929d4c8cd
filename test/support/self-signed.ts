import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import type { RequestListener } from "node:http";
import { createServer } from "node:https";
import { listening, type Peer } from "./driver-peers.ts";

/** A key and the certificate that it signed itself. */
export interface SelfSigned {
  readonly key: string;
  readonly cert: string;
  /** SHA-256, 64 lower-case hex digits. */
  readonly fingerprint: string;
}

/** A new self-signed certificate for 127.0.0.1. */
export function selfSigned(): SelfSigned {
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const names = ["-subj", "/CN=miner", "-addext", "subjectAltName=IP:127.0.0.1"];
  const pem = execFileSync(
    "openssl",
    ["req", "-x509", ...curve, "-days", "2", ...names, "-keyout", "-", "-out", "-"],
    { stdio: ["ignore", "pipe", "ignore"] },
  ).toString();
  const [key = ""] = /-----BEGIN PRIVATE KEY-----[\s\S]*?-----END PRIVATE KEY-----/.exec(pem) ?? [];
  const [cert = ""] =
    /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/.exec(pem) ?? [];
  const { fingerprint256 } = new X509Certificate(cert);
  return { key, cert, fingerprint: fingerprint256.replaceAll(":", "").toLowerCase() };
}

/** An HTTPS device. */
export function httpsPeer({ key, cert }: SelfSigned, answer: RequestListener): Promise<Peer> {
  return listening(createServer({ key, cert }, answer));
}
