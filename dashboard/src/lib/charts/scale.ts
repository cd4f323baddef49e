/** Scales and stacks for the charts. Pure. */

export interface Series {
  id: string;
  title: string;
  /** A colour of the charts, 1 to 6. */
  colour: number;
  /** One for each label; null: there is none. */
  values: readonly (number | null)[];
}

/** Round steps from 0 to at least the largest value: `[0, 20, 40, 60]`. Whole numbers only, where they count things. */
export function ticksTo(largest: number, whole = false, count = 4): number[] {
  const top = Math.max(largest, whole ? 1 : Number.EPSILON);
  const rough = top / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((one) => one * power).find((one) => one >= rough) ?? 10 * power;
  const even = whole ? Math.max(1, Math.ceil(step)) : step;
  const ticks = Math.ceil(top / even - 1e-9);
  return Array.from({ length: ticks + 1 }, (_, at) => Number((at * even).toPrecision(12)));
}

export function largest(series: readonly Series[]): number {
  return Math.max(0, ...series.flatMap((one) => one.values.map((value) => value ?? 0)));
}

/** The largest sum of a column. */
export function tallest(series: readonly Series[], columns: number): number {
  return Math.max(
    0,
    ...Array.from({ length: columns }, (_, at) =>
      series.reduce((sum, one) => sum + (one.values[at] ?? 0), 0),
    ),
  );
}

export interface Block {
  series: Series;
  from: number;
  to: number;
}

/** A column's blocks, from the bottom. */
export function stacked(series: readonly Series[], column: number): Block[] {
  let from = 0;
  return series.flatMap((one) => {
    const value = one.values[column] ?? 0;
    if (value <= 0) return [];
    const block = { series: one, from, to: from + value };
    from += value;
    return [block];
  });
}

/** An SVG path through the values; it breaks where one is missing. */
export function pathOf(
  values: readonly (number | null)[],
  x: (at: number) => number,
  y: (v: number) => number,
): string {
  let pen = false;
  return values
    .map((value, at) => {
      if (value === null) {
        pen = false;
        return '';
      }
      const point = `${pen ? 'L' : 'M'}${x(at).toFixed(1)},${y(value).toFixed(1)}`;
      pen = true;
      return point;
    })
    .join('');
}

/** Values without neighbours: no line shows them, so each needs a dot. */
export function alone(values: readonly (number | null)[]): number[] {
  return values.flatMap((value, at) =>
    value !== null && (values[at - 1] ?? null) === null && (values[at + 1] ?? null) === null ? [at] : [],
  );
}

/** Which labels have room, of so many across a width: each n-th, counted from the last. */
export function labelled(count: number, width: number, each = 56): number[] {
  const every = Math.max(1, Math.ceil((count * each) / Math.max(width, each)));
  return Array.from({ length: count }, (_, at) => at).filter((at) => (count - 1 - at) % every === 0);
}
