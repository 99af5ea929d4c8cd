import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

interface Cost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}
const derive = promisify<string, Buffer, number, Cost, Buffer>(scrypt);

// A password of 192 random bits cannot be guessed at any speed: a light cost keeps a thousand rigs that log in at once
// from stopping the machine.
const COST: Cost = { N: 1024, r: 8, p: 1 };
const FORM = /^scrypt\$(\d{1,7})\$(\d{1,2})\$(\d{1,2})\$([A-Za-z0-9_-]{22})\$([A-Za-z0-9_-]{43})$/;

/** A random password for a rig's broker login. */
export function newPassword(): string {
  return randomBytes(24).toString("base64url");
}

/** What is stored of a password: cost, salt and scrypt of it. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, 32, COST);
  return ["scrypt", COST.N, COST.r, COST.p, salt.toString("base64url"), hash.toString("base64url")]
    .map(String)
    .join("$");
}

/** True when a password is the one that was hashed. */
export async function isPassword(password: string, stored: string): Promise<boolean> {
  const [, N, r, p, salt = "", hash = ""] = FORM.exec(stored) ?? [];
  if (N === undefined) return false;
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  const given = await derive(password, Buffer.from(salt, "base64url"), 32, cost);
  return timingSafeEqual(given, Buffer.from(hash, "base64url"));
}
