import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

/** Mode bits that let anybody but the owner read or change a file. */
export const OTHERS = 0o077;

/** What reading a small file that holds a secret gave, or why it was not read. */
export type PrivateFile =
  | { readonly bytes: Uint8Array }
  | {
      readonly why: "missing" | "exposed" | "too-large" | "not-a-file" | "unreadable";
      readonly detail: string;
    };

/**
 * Reads a file that only its owner may read. What is read is what was checked: the mode is that of the open file, not of
 * its name. `forbidden` are the mode bits that must not be set.
 */
export function readPrivateFile(file: string, maxBytes: number, forbidden = OTHERS): PrivateFile {
  let descriptor: number;
  try {
    // Without O_NONBLOCK a named pipe would block the process until somebody writes to it.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const absent = code === "ENOENT" || code === "ENOTDIR";
    return { why: absent ? "missing" : "unreadable", detail: code ?? String(error) };
  }
  try {
    return readOpen(descriptor, maxBytes, forbidden);
  } finally {
    closeSync(descriptor);
  }
}

function readOpen(descriptor: number, maxBytes: number, forbidden: number): PrivateFile {
  const stat = fstatSync(descriptor);
  if (!stat.isFile()) return { why: "not-a-file", detail: "it is no regular file" };
  if ((stat.mode & forbidden) !== 0) {
    return {
      why: "exposed",
      detail: `its mode is ${(stat.mode & 0o7777).toString(8).padStart(4, "0")}`,
    };
  }
  if (stat.size > maxBytes) return { why: "too-large", detail: `it has ${stat.size} bytes` };
  const bytes = new Uint8Array(maxBytes + 1);
  let length = 0;
  for (;;) {
    const read = readSync(descriptor, bytes, length, bytes.length - length, null);
    length += read;
    if (length > maxBytes) return { why: "too-large", detail: `it grew beyond ${maxBytes} bytes` };
    if (read === 0) return { bytes: bytes.subarray(0, length) };
  }
}

/** The one line of text in a passphrase or password file, without the line break at its end. */
export function lineOf(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString("utf8")
    .replace(/\r?\n$/, "");
}
