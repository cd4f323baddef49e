/** The ways out of a node: the closed set of its kind, those its configuration names, and what is wired besides. */
import {
  entry,
  isList,
  isMapping,
  kindOf,
  mapping,
  text,
  wiresOf,
  type FlowDocument,
  type Mapping,
} from './document';
import { nodesOf } from './document';
import { kinds } from './kinds';

/** By flow: the outcomes of its ends, which are the exits of a node that runs it. */
export type EndsOf = (flow: string) => readonly string[] | undefined;

export interface Exit {
  name: string;
  /** The node it leads to, or `resume`; empty: it is not wired. */
  to: string;
  /** Wired, but no exit of this kind of node. */
  stray: boolean;
}

/** The exits a node so configured has, in their order. */
export function declaredExits(node: Mapping, endsOf: EndsOf = () => undefined): readonly string[] {
  const kind = kindOf(node);
  const fixed = kinds.get(kind)?.exits ?? [];
  return [...new Set([...ownExits(kind, node, endsOf), ...fixed])];
}

function ownExits(kind: string, node: Mapping, endsOf: EndsOf): readonly string[] {
  switch (kind) {
    case 'intent':
      return Object.keys(mapping(entry(node, 'intents')));
    case 'talk':
      return Object.keys(mapping(entry(node, 'outcomes')));
    case 'branch':
      return branchExits(node);
    case 'run':
      return endsOf(text(entry(node, 'flow'))) ?? Object.keys(wiresOf(node));
    default:
      return [];
  }
}

function branchExits(node: Mapping): readonly string[] {
  const when = entry(node, 'when');
  if (isMapping(when)) return Object.keys(when);
  return isList(when) ? when.map((one) => text(mapping(one)['exit'])).filter((name) => name !== '') : [];
}

/** Every exit to be shown: the declared ones, and then what is wired though the kind has no such exit. */
export function exitsOf(node: Mapping, endsOf?: EndsOf): readonly Exit[] {
  const wires = wiresOf(node);
  const declared = declaredExits(node, endsOf);
  const known = new Set(declared);
  const stray = Object.keys(wires).filter((name) => !known.has(name));
  const to = (name: string) => (Object.hasOwn(wires, name) ? (wires[name] ?? '') : '');
  return [
    ...declared.map((name) => ({ name, to: to(name), stray: false })),
    ...stray.map((name) => ({ name, to: to(name), stray: kindOf(node) !== '' && kinds.has(kindOf(node)) })),
  ];
}

/** The outcomes a flow may end with: what a node that runs it must wire. */
export function outcomesOf(document: FlowDocument): readonly string[] {
  const ends = Object.entries(nodesOf(document)).filter(([, node]) => kindOf(mapping(node)) === 'end');
  return [...new Set(ends.map(([name, node]) => text(mapping(node)['outcome']) || name))];
}
