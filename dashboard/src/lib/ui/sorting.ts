/** The order of a table's rows. */

export interface Order {
  /** The column's id. */
  by: string;
  down: boolean;
}

type Sortable = string | number | null | undefined;

/** The rows in order: numbers by size, words as the reader's language has them, what is missing always last. */
export function sorted<Row>(rows: readonly Row[], of: (row: Row) => Sortable, down: boolean): Row[] {
  const words = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
  return [...rows].sort((one, other) => {
    const [a, b] = [of(one), of(other)];
    if (a == null || b == null) return Number(a == null) - Number(b == null);
    const order =
      typeof a === 'number' && typeof b === 'number' ? a - b : words.compare(String(a), String(b));
    return down ? -order : order;
  });
}

/** The order after a click on a column's head: up, then down, then up again. */
export function clicked(order: Order | undefined, by: string): Order {
  return { by, down: order?.by === by && !order.down };
}
