/** A save that was refused: what both sides did since the copy they began with, and the two brought together. */
import { entry, isMapping, mapping, nodesOf, same, type FlowDocument, type Value } from './document';

export type Side = 'mine' | 'theirs';

export interface Difference {
  /** The node, or the field of the flow's head. */
  name: string;
  in: 'node' | 'head';
  mine: Value | undefined;
  theirs: Value | undefined;
  /** Who changed it since the common copy. `both`: it has to be chosen. */
  by: Side | 'both';
}

/** Everything that is not the same on both sides. */
export function differences(
  base: FlowDocument,
  mine: FlowDocument,
  theirs: FlowDocument,
): readonly Difference[] {
  return [...among('head', heads(base), heads(mine), heads(theirs)), ...amongNodes(base, mine, theirs)];
}

function amongNodes(base: FlowDocument, mine: FlowDocument, theirs: FlowDocument): Difference[] {
  return among('node', nodesOf(base), nodesOf(mine), nodesOf(theirs));
}

function among(
  where: Difference['in'],
  base: FlowDocument,
  mine: FlowDocument,
  theirs: FlowDocument,
): Difference[] {
  const names = new Set([...Object.keys(theirs), ...Object.keys(mine)]);
  return [...names].flatMap((name): Difference[] => {
    const [was, ours, other] = [entry(base, name), entry(mine, name), entry(theirs, name)];
    if (same(ours, other)) return [];
    const by = same(was, other) ? 'mine' : same(was, ours) ? 'theirs' : 'both';
    return [{ name, in: where, mine: ours, theirs: other, by }];
  });
}

function heads(document: FlowDocument): FlowDocument {
  const { nodes: _, ...head } = document;
  return head;
}

/** What is taken where nobody chose: each side's own changes; where both changed the same, mine. */
export function proposed(difference: Difference): Side {
  return difference.by === 'theirs' ? 'theirs' : 'mine';
}

/** Both versions as one: by difference, one side or the other. */
export function merged(
  mine: FlowDocument,
  theirs: FlowDocument,
  differing: readonly Difference[],
  choice: (difference: Difference) => Side,
): FlowDocument {
  const head: Record<string, Value> = { ...heads(theirs) };
  const nodes: Record<string, Value> = { ...nodesOf(theirs) };
  for (const one of differing) {
    const into = one.in === 'node' ? nodes : head;
    const value = choice(one) === 'mine' ? one.mine : one.theirs;
    if (value === undefined) Reflect.deleteProperty(into, one.name);
    else into[one.name] = value;
  }
  return ordered({ ...head, nodes: ordered(nodes, nodesOf(mine)) }, mine);
}

/** Entries in the order of another mapping, new ones last: so that a merge does not shuffle a file. */
function ordered(
  of: Readonly<Record<string, Value>>,
  as: Readonly<Record<string, Value>>,
): Record<string, Value> {
  const names = [...Object.keys(as).filter((name) => Object.hasOwn(of, name)), ...Object.keys(of)];
  return Object.fromEntries([...new Set(names)].map((name) => [name, of[name] as Value]));
}

/** The fields in which two versions of a node differ. */
export function fieldsBetween(one: Value | undefined, other: Value | undefined): readonly string[] {
  if (!isMapping(one) || !isMapping(other)) return [];
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].filter((name) => !same(mapping(one)[name], mapping(other)[name]));
}
