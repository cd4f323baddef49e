/** Faults as the check tells them, and where in a form each belongs. */

export interface Fault {
  code: string;
  severity: 'error' | 'warning';
  /** A sentence that says what to do. */
  message: string;
  /** Empty: the flow as a whole. */
  node: string;
}

/** Sentences that begin otherwise than with the field's name, by what stands in their first backquotes. */
const beginnings: readonly (readonly [RegExp, (named: string) => string])[] = [
  [/^Exit `([^`]+)`/, (exit) => `exits.${exit}`],
  [/^The flow `[^`]+` can end as `([^`]+)`/, (exit) => `exits.${exit}`],
  [/^Slot `([^`]+)`/, (slot) => `slots.${slot}`],
  [/^The flow `[^`]+` (?:needs|takes no argument)/, () => 'with'],
  [/^There is no flow/, () => 'flow'],
  [/^(?:Intent|The intent) `([^`]+)`/, (intent) => `intents.${intent}`],
  [/^`([a-z0-9_.]+)`/i, (field) => field],
];

/** The field a sentence speaks of, in its node: `say`, `slots.phone.ask`, `exits.said`. Undefined: the whole node. */
export function fieldOf(fault: Fault): string | undefined {
  if (fault.code === 'unknown_exit') return exitIn(fault.message);
  for (const [begins, field] of beginnings) {
    const found = begins.exec(fault.message);
    if (found) return field(found[1] ?? '');
  }
  return undefined;
}

function exitIn(message: string): string | undefined {
  const exit = /`([^`]+)`/.exec(message)?.[1];
  return exit === undefined ? undefined : `exits.${exit}`;
}

export function byNode(faults: readonly Fault[]): ReadonlyMap<string, readonly Fault[]> {
  const found = new Map<string, Fault[]>();
  for (const fault of faults) {
    const before = found.get(fault.node);
    if (before) before.push(fault);
    else found.set(fault.node, [fault]);
  }
  return found;
}

export function errorsIn(faults: readonly Fault[]): readonly Fault[] {
  return faults.filter((fault) => fault.severity === 'error');
}

/** The arguments that a node has to give to the flow it runs, and does not. */
export function missingArguments(faults: readonly Fault[]): readonly string[] {
  return faults.flatMap((fault) => {
    const needed = fault.code === 'missing_argument' ? /needs `([^`]+)`/.exec(fault.message)?.[1] : undefined;
    return needed === undefined ? [] : [needed];
  });
}
