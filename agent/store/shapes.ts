import type { Problem, Reading } from "../core/reading.ts";
import type { Increment, Sample } from "../core/sample.ts";
import type { Db } from "./open.ts";

/** What a sample says, apart from its numbers: the same for a device from ask to ask. */
interface Shape {
  readonly readings: readonly Omit<Reading, "value">[];
  readonly problems: readonly Problem[];
  readonly increments: readonly Omit<Increment, "by">[];
}

type Body = Pick<Sample, "readings" | "problems" | "increments">;
/** Values of the readings, then of the increments, in the order of the shape. */
type Values = readonly (readonly number[])[];

const MAX_REMEMBERED = 4096;

/**
 * Samples as numbers beside a shape that many share: a tenth of what they take as JSON of their own, on the disk and to
 * read again.
 */
export class Shapes {
  readonly #db: Db;
  readonly #ids = new Map<string, number>();
  readonly #byId = new Map<number, Shape>();

  constructor(db: Db) {
    this.#db = db;
  }

  /** The shape's row, made where it is new, and the text of the numbers. */
  encode({ readings, problems, increments }: Body): { shape: number; body: string } {
    const key = JSON.stringify({
      readings: readings.map(({ value: _, ...rest }) => rest),
      problems,
      increments: increments.map(({ by: _, ...rest }) => rest),
    } satisfies Shape);
    const values = [readings.map(({ value }) => value), increments.map(({ by }) => by)];
    return { shape: this.#idOf(key), body: JSON.stringify(values) };
  }

  /** Throws where the row's shape is not in the database. */
  decode(shape: number, body: string): Body {
    const { readings, problems, increments } = this.#shapeOf(shape);
    const [values = [], grown = []] = JSON.parse(body) as Values;
    return {
      readings: readings.map((reading, i) => ({ ...reading, value: values[i] as number })),
      problems,
      increments: increments.map((increment, i) => ({ ...increment, by: grown[i] as number })),
    };
  }

  /** To be called before each transaction: what one made that was given up is not there, nor what was purged since. */
  forget(): void {
    this.#ids.clear();
  }

  #idOf(key: string): number {
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const row =
      this.#db
        .prepare<[string], number>("SELECT id FROM shapes WHERE shape = ?")
        .pluck()
        .get(key) ??
      this.#db.prepare("INSERT INTO shapes (shape) VALUES (?)").run(key).lastInsertRowid;
    if (this.#ids.size >= MAX_REMEMBERED) this.#ids.clear();
    this.#ids.set(key, Number(row));
    return Number(row);
  }

  #shapeOf(id: number): Shape {
    const known = this.#byId.get(id);
    if (known !== undefined) return known;
    const text = this.#db
      .prepare<[number], string>("SELECT shape FROM shapes WHERE id = ?")
      .pluck()
      .get(id);
    if (text === undefined) throw new Error(`a sample has the shape ${id}, which is not there`);
    const shape = JSON.parse(text) as Shape;
    if (this.#byId.size >= MAX_REMEMBERED) this.#byId.clear();
    this.#byId.set(id, shape);
    return shape;
  }
}
