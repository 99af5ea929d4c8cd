import { pointer } from "../pointer.ts";

/**
 * True for the reply to `/api/overview` of a DragonMint T1. Innosilicon, who built it, has the same page on miners of its own;
 * only this one's platform is that of a T1.
 */
export function isDragonmint(overview: unknown): boolean {
  return (
    pointer(overview, "/type") === "T1" &&
    /^t1_/.test(String(pointer(overview, "/version/platform_v")))
  );
}
