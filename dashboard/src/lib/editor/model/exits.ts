/** The ways out of a node: the closed set of its kind, those its configuration names, and what is wired besides. */
import { entry, isList, kindOf, mapping, text, wiresOf, type Mapping, type Value } from './document';
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
  const kind = kinds.get(kindOf(node));
  return kind === undefined ? [] : [...new Set([...ownExits(kind.exitsFrom, node, endsOf), ...kind.exits])];
}

function ownExits(from: string, node: Mapping, endsOf: EndsOf): readonly string[] {
  if (from === '') return [];
  if (from === 'flow') return endsOf(text(entry(node, 'flow'))) ?? Object.keys(wiresOf(node));
  const named = entry(node, from);
  return isList(named) ? branchExits(named) : Object.keys(mapping(named));
}

function branchExits(cases: readonly Value[]): readonly string[] {
  return cases.map((one) => text(entry(mapping(one), 'exit'))).filter((name) => name !== '');
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
