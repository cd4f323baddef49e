/** Every change to a flow, as a function from a document to the next: what is untouched stays the same object. */
import {
  asName,
  entry,
  freeName,
  hasNode,
  isList,
  isMapping,
  kindOf,
  mapping,
  nodeOf,
  nodesOf,
  placeOf,
  startOf,
  wiresOf,
  type FlowDocument,
  type Mapping,
  type Path,
  type Value,
} from './document';
import { declaredExits } from './exits';
import { kinds } from './kinds';

export interface Point {
  x: number;
  y: number;
}

/** The mapping with one entry set, in its place; `undefined` takes it out. */
export function withEntry(of: Mapping, name: string, value: Value | undefined): Mapping {
  if (value === undefined) {
    if (!Object.hasOwn(of, name)) return of;
    return fromEntries(Object.entries(of).filter(([other]) => other !== name));
  }
  if (Object.hasOwn(of, name) && of[name] === value) return of;
  return { ...of, [name]: value };
}

/** Sets what stands at a place; `undefined` takes it out. Mappings on the way there are made. */
export function setAt(document: Mapping, path: Path, value: Value | undefined): Mapping {
  return mapping(put(document, path, value));
}

function put(here: Value | undefined, path: Path, value: Value | undefined): Value | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (isList(here) && typeof step === 'number') {
    const next = put(here[step], rest, value);
    return next === undefined ? here.filter((_, at) => at !== step) : here.with(step, next);
  }
  const of = mapping(here);
  return withEntry(of, String(step), put(entry(of, String(step)), rest, value));
}

/**
 * Sets a field of a node. Wires follow its exits: one that was renamed keeps its wire, one that is gone loses it.
 */
export function setField(
  document: FlowDocument,
  node: string,
  path: Path,
  value: Value | undefined,
): FlowDocument {
  const before = nodeOf(document, node);
  const after = setAt(before, path, value);
  if (after === before) return document;
  return withNode(document, node, path[0] === 'exits' ? after : settled(before, after));
}

function settled(before: Mapping, after: Mapping): Mapping {
  const [was, is] = [declaredExits(before), declaredExits(after)];
  const gone = was.filter((exit) => !is.includes(exit));
  const come = is.filter((exit) => !was.includes(exit));
  const wires = wiresOf(after);
  if (kindOf(after) === 'run' || !gone.some((exit) => Object.hasOwn(wires, exit))) return after;
  const renamed = gone.length === 1 && come.length === 1 && was.length === is.length ? come[0] : undefined;
  const kept = Object.entries(wires).flatMap(([exit, target]): [string, string][] => {
    if (!gone.includes(exit)) return [[exit, target]];
    return renamed === undefined ? [] : [[renamed, target]];
  });
  return withEntry(after, 'exits', fromEntries(kept));
}

export function withNode(document: FlowDocument, name: string, node: Mapping | undefined): FlowDocument {
  const nodes = nodesOf(document);
  const next = withEntry(nodes, name, node);
  return next === nodes ? document : { ...document, nodes: next };
}

/** A new node of a kind. The first node of a flow is where calls begin. */
export function addNode(
  document: FlowDocument,
  kind: string,
  at: Point,
): { document: FlowDocument; name: string } {
  const name = freeName(kind, (taken) => hasNode(document, taken));
  const node: Mapping = { ...(kinds.get(kind)?.starter ?? { kind }), at: rounded(at) };
  const added = withNode(document, name, node);
  return { document: hasNode(document, startOf(document)) ? added : withEntry(added, 'start', name), name };
}

/** Takes nodes out, with every wire and handler that leads to them. */
export function removeNodes(document: FlowDocument, names: readonly string[]): FlowDocument {
  const gone = new Set(names);
  const nodes = Object.entries(nodesOf(document)).flatMap(([name, node]): [string, Value][] => {
    if (gone.has(name)) return [];
    return [[name, rewired(node, (target) => (gone.has(target) ? undefined : target))]];
  });
  return regone({ ...document, nodes: fromEntries(nodes) }, (target) =>
    gone.has(target) ? undefined : target,
  );
}

/** Gives a node another name, everywhere it is named. The new name must be free. */
export function renameNode(document: FlowDocument, from: string, to: string): FlowDocument {
  if (from === to || !hasNode(document, from) || hasNode(document, to)) return document;
  const follow = (target: string) => (target === from ? to : target);
  const nodes = Object.entries(nodesOf(document)).map(([name, node]): [string, Value] => [
    follow(name),
    rewired(node, follow),
  ]);
  const renamed = regone({ ...document, nodes: fromEntries(nodes) }, follow);
  return startOf(document) === from ? withEntry(renamed, 'start', to) : renamed;
}

/** Leads an exit to a node; `null` takes the wire away. */
export function wire(document: FlowDocument, node: string, exit: string, to: string | null): FlowDocument {
  if (!hasNode(document, node)) return document;
  const wires = withEntry(mapping(entry(nodeOf(document, node), 'exits')), exit, to ?? undefined);
  return setField(document, node, ['exits'], wires);
}

export function setStart(document: FlowDocument, name: string): FlowDocument {
  return withEntry(document, 'start', name);
}

/** Node → where it stands. */
export type Places = ReadonlyMap<string, Point>;

export const NOWHERE: Places = new Map();

/** The places that were moved to, and those that nodes without a place of their own are drawn at. */
export function allPlaced(document: FlowDocument, drawn: Places, moved: Places): Places {
  const unplaced = [...drawn].filter(([name]) => placeOf(nodeOf(document, name)) === undefined);
  return new Map([...unplaced, ...moved]);
}

/** Places nodes, by name. */
export function moveNodes(document: FlowDocument, places: ReadonlyMap<string, Point>): FlowDocument {
  const nodes = Object.entries(nodesOf(document)).map(([name, node]): [string, Value] => {
    const to = places.get(name);
    return [name, to === undefined || !isMapping(node) ? node : withPlace(node, to)];
  });
  return { ...document, nodes: fromEntries(nodes) };
}

function withPlace(node: Mapping, to: Point): Mapping {
  const at = rounded(to);
  const was = entry(node, 'at');
  return isList(was) && was[0] === at[0] && was[1] === at[1] ? node : { ...node, at };
}

/** Gives an entry of a mapping another name, in its place; a node's exits follow. The new name must be free. */
export function renameKey(of: Mapping, from: string, to: string): Mapping {
  if (from === to || !Object.hasOwn(of, from) || Object.hasOwn(of, to)) return of;
  return fromEntries(Object.entries(of).map(([name, value]) => [name === from ? to : name, value]));
}

/** Puts an entry one place up or down. */
export function shiftKey(of: Mapping, name: string, by: -1 | 1): Mapping {
  const entries = Object.entries(of);
  const at = entries.findIndex(([other]) => other === name);
  const moved = entries[at];
  const other = entries[at + by];
  if (moved === undefined || other === undefined) return of;
  return fromEntries(entries.with(at, other).with(at + by, moved));
}

// Copies

/** What the clipboard holds: nodes by name, as they are written in a flow. */
export interface Fragment {
  nodes: Mapping;
}

export function fragmentOf(document: FlowDocument, names: readonly string[]): Fragment {
  const nodes = names.filter((name) => hasNode(document, name)).map((name) => [name, nodeOf(document, name)]);
  return { nodes: Object.fromEntries(nodes) as Mapping };
}

/**
 * Adds the nodes of a fragment under free names. Wires among them stay; wires out of it stay where the flow has such a
 * node. Their middle comes to stand at `at`.
 */
export function paste(
  document: FlowDocument,
  fragment: Fragment,
  at: Point,
): { document: FlowDocument; names: readonly string[] } {
  const names = new Map<string, string>();
  const taken = new Set(Object.keys(nodesOf(document)));
  for (const name of Object.keys(fragment.nodes)) {
    const free = freeName(asName(name) || 'node', (one) => taken.has(one));
    taken.add(free);
    names.set(name, free);
  }
  const target = (to: string) => names.get(to) ?? (to === 'resume' || hasNode(document, to) ? to : undefined);
  const shift = middled(fragment, at);
  const added = Object.entries(fragment.nodes).map(([name, node], index): [string, Value] => [
    names.get(name) ?? name,
    withPlace(mapping(rewired(node, target)), shift(mapping(node), index)),
  ]);
  const pasted: FlowDocument = { ...document, nodes: { ...nodesOf(document), ...fromEntries(added) } };
  const first = added[0]?.[0];
  const startless = first !== undefined && !hasNode(document, startOf(document));
  return {
    document: startless ? withEntry(pasted, 'start', first) : pasted,
    names: [...names.values()],
  };
}

/** The middle of where the nodes of a fragment stand, `shifted` by so many pixels. */
export function middleOf(fragment: Fragment, shifted = 0): Point {
  const points = Object.values(fragment.nodes).flatMap((node) => placeOf(mapping(node)) ?? []);
  const middle = (along: readonly number[]) =>
    along.length === 0 ? 0 : (Math.min(...along) + Math.max(...along)) / 2;
  return { x: middle(points.map(({ x }) => x)) + shifted, y: middle(points.map(({ y }) => y)) + shifted };
}

function middled(fragment: Fragment, at: Point): (node: Mapping, index: number) => Point {
  const middle = middleOf(fragment);
  return (node, index) => {
    const own = placeOf(node) ?? { x: middle.x + 40 * index, y: middle.y + 40 * index };
    return { x: own.x - middle.x + at.x, y: own.y - middle.y + at.y };
  };
}

// References

/** A node with its wires led elsewhere; `undefined` takes one away. */
function rewired(node: Value, follow: (target: string) => string | undefined): Value {
  if (!isMapping(node)) return node;
  const exits = entry(node, 'exits');
  if (!isMapping(exits)) return node;
  const next = Object.entries(exits).flatMap(([exit, target]): [string, Value][] => {
    const to = typeof target === 'string' ? follow(target) : target;
    return to === undefined ? [] : [[exit, to]];
  });
  const unchanged =
    next.length === Object.keys(exits).length && next.every(([exit, to]) => exits[exit] === to);
  return unchanged ? node : { ...node, exits: fromEntries(next) };
}

/** The handlers' `go`, led elsewhere. */
function regone(document: FlowDocument, follow: (target: string) => string | undefined): FlowDocument {
  const handlers = entry(document, 'handlers');
  if (!isMapping(handlers)) return document;
  const next = Object.entries(handlers).map(([name, handler]): [string, Value] => {
    const go = isMapping(handler) ? entry(handler, 'go') : undefined;
    return [
      name,
      typeof go === 'string' && isMapping(handler) ? withEntry(handler, 'go', follow(go)) : handler,
    ];
  });
  const unchanged = next.every(([name, handler]) => handlers[name] === handler);
  return unchanged ? document : { ...document, handlers: fromEntries(next) };
}

function rounded(at: Point): [number, number] {
  return [Math.round(at.x), Math.round(at.y)];
}

function fromEntries(entries: readonly (readonly [string, Value])[]): Mapping {
  return Object.fromEntries(entries);
}
