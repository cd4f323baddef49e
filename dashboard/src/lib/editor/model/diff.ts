/** What changed between two documents of a flow, place by place; the same as `tollfree.flows.diff`. */
import { isMapping, mapping, nodesOf, same, type FlowDocument, type Mapping, type Value } from './document';

export interface Change {
  kind: 'added' | 'removed' | 'changed';
  /** Names from the top: `['nodes', 'welcome', 'say']`. */
  place: readonly string[];
  before?: Value;
  after?: Value;
}

export type NodeChange = 'added' | 'removed' | 'changed' | 'moved';

/** Every difference, in the order of the newer document; what was removed comes last. */
export function diff(before: Mapping, after: Mapping, place: readonly string[] = []): readonly Change[] {
  const changes: Change[] = [];
  for (const [name, value] of Object.entries(after)) {
    const here = [...place, name];
    const was = before[name];
    if (!Object.hasOwn(before, name)) changes.push({ kind: 'added', place: here, after: value });
    else if (isMapping(was) && isMapping(value)) changes.push(...diff(was, value, here));
    else if (!same(was, value)) changes.push({ kind: 'changed', place: here, before: was, after: value });
  }
  for (const [name, value] of Object.entries(before))
    if (!Object.hasOwn(after, name))
      changes.push({ kind: 'removed', place: [...place, name], before: value });
  return changes;
}

/** By node, what became of it. One that only stands elsewhere has `moved`. */
export function nodeChanges(before: FlowDocument, after: FlowDocument): ReadonlyMap<string, NodeChange> {
  const [was, is] = [nodesOf(before), nodesOf(after)];
  const changes = new Map<string, NodeChange>();
  for (const [name, node] of Object.entries(is)) {
    if (!Object.hasOwn(was, name)) changes.set(name, 'added');
    else if (!same(was[name], node))
      changes.set(name, same(unplaced(was[name]), unplaced(node)) ? 'moved' : 'changed');
  }
  for (const name of Object.keys(was)) if (!Object.hasOwn(is, name)) changes.set(name, 'removed');
  return changes;
}

function unplaced(node: Value | undefined): Mapping {
  const { at: _, ...rest } = mapping(node);
  return rest;
}

/** The newer flow with the nodes that are gone still in it: what a canvas shows of both. */
export function together(before: FlowDocument, after: FlowDocument): FlowDocument {
  return { ...after, nodes: { ...nodesOf(before), ...nodesOf(after) } };
}
