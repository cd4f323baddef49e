/** The path of a call on a canvas: `node.exit` of every token, in order, lit as it was taken. */

export interface Lit {
  /** Visited nodes, each with how often. */
  nodes: ReadonlyMap<string, number>;
  /** Taken edges: `node.exit`. */
  exits: ReadonlySet<string>;
  /** Where the call is now, or was last. */
  at: string;
}

export const DARK: Lit = { nodes: new Map(), exits: new Set(), at: '' };

/** Of `node.exit` steps (the nodes alone will do) of one flow. `at`: where the call stands, when that is known. */
export function litBy(steps: readonly string[], at = ''): Lit {
  const nodes = new Map<string, number>();
  const exits = new Set<string>();
  let last = '';
  for (const step of steps) {
    const [node = ''] = step.split('.', 1);
    if (node === '') continue;
    nodes.set(node, (nodes.get(node) ?? 0) + 1);
    if (step.includes('.')) exits.add(step);
    last = node;
  }
  if (at !== '' && at !== last) nodes.set(at, (nodes.get(at) ?? 0) + 1);
  return { nodes, exits, at: at || last };
}
