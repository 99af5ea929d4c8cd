/** A bundle (section 9 of docs/attestation.md) as plain JSON, as far as the flow tests look into it. */
export interface PlainBundle {
  readonly version: number;
  readonly rig: string | null;
  readonly coordinator: string;
  readonly attestations: readonly PlainAttestation[];
  readonly allocations: readonly Readonly<Record<string, string>>[];
  readonly records: readonly PlainRecordPart[];
}

export interface PlainAttestation {
  readonly statement: {
    readonly rig: string;
    readonly key: string;
    readonly era: string;
    readonly sequence: string;
    readonly previous: string;
    readonly windowStart: string;
    readonly windowEnd: string;
    readonly flags: string;
    readonly devices: readonly PlainRow[];
  };
  readonly digest: string;
  readonly signature: string;
  readonly receipt: Readonly<Record<string, string>> & { readonly signature: string };
}

/** A device row: integers as decimal text. */
export interface PlainRow {
  readonly id: string;
  readonly algorithm: string;
  readonly known: string;
  readonly hashes: string;
  readonly observedMilliseconds: string;
  readonly samples: string;
  readonly energyJoules: string;
  readonly maxTemperatureMilliCelsius: string;
  readonly sharesAccepted: string;
  readonly sharesRejected: string;
  readonly shareWork: string;
  readonly doubts: string;
}

export interface PlainRecordPart {
  readonly record: Readonly<Record<string, string>>;
  readonly leaf: string;
  readonly root: string;
  readonly proof: readonly string[];
  readonly rows: readonly {
    readonly digest: string;
    readonly device: string;
    readonly algorithm: string;
    readonly numerator: string;
    readonly denominator: string;
  }[];
}

/** True where a row says that a value is known: 0 hashes, 1 energy, 2 temperature, 3 accepted, 4 rejected, 5 work. */
export const saysKnown = (row: PlainRow, bit: number): boolean =>
  (Number(row.known) & (1 << bit)) !== 0;
