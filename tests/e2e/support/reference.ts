import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A table with the right numbers of the sheet. Rows count from 0. */
export interface Reference {
  readonly columns: readonly string[];
  value(row: number, column: string): number;
}

/** Reads what a desktop spreadsheet computed for a learning rate of "0.1", "0.5" or "2.0". */
export function reference(learningRate: string): Reference {
  return read(`eta_${learningRate}.csv`);
}

/** Reads what the native build computed, to the last bit, for a learning rate of "0.5" or "2.0". */
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

/** Reads a number that the page wrote with a minus sign (−) in place of a hyphen, commas between thousands, and 2·10⁻⁷ for 2e-7. */
export function parse(text: string): number {
  const power = (raised: string) => `e${[...raised].map((char) => (char === "⁻" ? "-" : "⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(char))).join("")}`;
  const plain = text.trim().replace(/^(−?)10(?=[⁻⁰-⁹¹²³])/, "$11·10").replace(/·10([⁻⁰-⁹¹²³]+)$/, (_, raised: string) => power(raised));
  return Number(plain.replaceAll("−", "-").replaceAll(",", ""));
}

/** Writes a number as the page does with four significant digits, unless it needs a power of ten. */
export function fourDigits(number: number): string {
  const rounded = number.toPrecision(4);
  return (Number(rounded) === number ? String(number) : rounded).replace("-", "−");
}
