import { isRecord, pointer } from "../pointer.ts";

/**
 * The record of figures in a reply to `summary`, up to API version 2: in a list of one, that under `Msg` or not, or bare under
 * `Msg` (M60S, firmware of 2025). Nothing in it where there is none.
 */
export function summaryOf(summary: unknown): Readonly<Record<string, unknown>> {
  const listed = [pointer(summary, "/SUMMARY/0"), pointer(summary, "/Msg/SUMMARY/0")];
  return [...listed, pointer(summary, "/Msg")].find(isRecord) ?? {};
}
