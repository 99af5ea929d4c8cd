import type { Hex } from "../../proto/hex.ts";
import type { Ledger } from "../ledger/open.ts";
import type { Bundler } from "../record/bundle.ts";
import type { RecordKeeper } from "../record/keeper.ts";
import type { Token } from "../record/token.ts";
import type { BundleShelf } from "./bundle-shelf.ts";

/** What of the settings is shown. */
export interface SiteSettings {
  readonly chainId: bigint;
  readonly windowSeconds: number;
  readonly epochSeconds: number;
  readonly graceSeconds: number;
  readonly simulated: boolean;
  readonly http: { readonly publicUrl?: string };
}

/** What all routes have in common. */
export interface Site {
  readonly db: Ledger;
  readonly settings: SiteSettings;
  readonly keeper: Pick<RecordKeeper, "status">;
  readonly coordinator: Hex;
  readonly salt: Hex;
  readonly bundler: Bundler;
  readonly bundles: BundleShelf;
  /** The address that others reach this site under, without a slash at its end. */
  base(): string;
}

/** A token as it is named in paths, on the chain of this site. */
export function tokenPath({ settings }: Site, { collection, tokenId }: Token): string {
  return `${settings.chainId}/${collection}/${tokenId}`;
}
