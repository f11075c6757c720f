import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A table of the reference: `value(row, column)` as f64. */
export interface Reference {
  readonly columns: readonly string[];
  value(row: number, column: string): number;
}

/** The sheet's reference table, by a spreadsheet, for a learning rate, one of "0.1", "0.5" and "2.0". */
export function reference(learningRate: string): Reference {
  return read(`eta_${learningRate}.csv`);
}

/** What the engine computes natively, to the last bit, for a learning rate, "0.5" or "2.0". */
export function native(learningRate: string): Reference {
  return read(`bits_${learningRate}.csv`);
}

function read(file: string): Reference {
  const path = join(import.meta.dirname, "../../fixtures/sheet", file);
  const [header, ...rows] = readFileSync(path, "utf8").trim().split("\n").map((line) => line.trim().split(","));
  const columns = header ?? [];
  return {
    columns: columns.slice(1),
    value(row, column) {
      const text = rows[row]?.[columns.indexOf(column)];
      if (text === undefined) throw new Error(`The reference has no ${column} in row ${row}.`);
      return parse(text);
    },
  };
}

/** A number as the page writes it, with a real minus sign, as a number. */
export function parse(text: string): number {
  return Number(text.replaceAll("−", "-").replaceAll(",", "").trim());
}
