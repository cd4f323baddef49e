/**
 * The flow as its authors write it: the editor's only truth. A draft may be faulty in any way that JSON allows, so
 * everything here answers for every document, and nothing here changes one.
 */

export type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value };

export interface Mapping {
  readonly [name: string]: Value;
}

/** A whole draft: plain values, faults and all. */
export type FlowDocument = Mapping;

/** Names from the top: `['nodes', 'welcome', 'say']`; a number is a place in a list. */
export type Path = readonly (string | number)[];

/** An exit wired to this word ends a digression: the caller goes on where they were. */
export const RESUME = 'resume';

export const NAME = /^[a-z][a-z0-9_]{0,63}$/;

const nothing: Mapping = Object.freeze({});

export function isMapping(value: Value | undefined): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

export function text(value: Value | undefined): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** Own entries only: a node may be called `constructor`. */
export function entry(of: Mapping, name: string): Value | undefined {
  return Object.hasOwn(of, name) ? of[name] : undefined;
}

export function mapping(value: Value | undefined): Mapping {
  return isMapping(value) ? value : nothing;
}

export function nodesOf(document: FlowDocument): Mapping {
  return mapping(entry(document, 'nodes'));
}

/** A node's fields; none when there is no such node, or when what stands there is no mapping. */
export function nodeOf(document: FlowDocument, name: string): Mapping {
  return mapping(entry(nodesOf(document), name));
}

export function hasNode(document: FlowDocument, name: string): boolean {
  return Object.hasOwn(nodesOf(document), name);
}

export function startOf(document: FlowDocument): string {
  return text(entry(document, 'start'));
}

export function kindOf(node: Mapping): string {
  return text(entry(node, 'kind'));
}

/** Where it stands; undefined when nobody has placed it. */
export function placeOf(node: Mapping): { x: number; y: number } | undefined {
  const at = entry(node, 'at');
  if (!isList(at) || at.length !== 2) return undefined;
  const [x, y] = at;
  return typeof x === 'number' && typeof y === 'number' ? { x, y } : undefined;
}

/** Exit → node, as wired. */
export function wiresOf(node: Mapping): Readonly<Record<string, string>> {
  const wired = Object.entries(mapping(entry(node, 'exits')));
  return Object.fromEntries(wired.filter((pair): pair is [string, string] => typeof pair[1] === 'string'));
}

/** The first line of a field that takes one line or several. */
export function firstLine(value: Value | undefined): string {
  return isList(value) ? text(value[0]) : text(value);
}

export function valueAt(document: Value | undefined, path: Path): Value | undefined {
  let here: Value | undefined = document;
  for (const step of path) {
    if (isList(here)) here = here[Number(step)];
    else if (isMapping(here)) here = entry(here, String(step));
    else return undefined;
  }
  return here;
}

/** Handler → the node that serves it. */
export function handlersOf(document: FlowDocument): readonly { name: string; go: string }[] {
  return Object.entries(mapping(entry(document, 'handlers'))).flatMap(([name, handler]) => {
    const go = text(mapping(handler)['go']);
    return go ? [{ name, go }] : [];
  });
}

/** Deep equality of plain values. */
export function same(one: Value | undefined, other: Value | undefined): boolean {
  if (one === other) return true;
  if (isList(one) && isList(other))
    return one.length === other.length && one.every((value, at) => same(value, other[at]));
  if (!isMapping(one) || !isMapping(other)) return false;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && same(one[name], other[name]))
  );
}

/** A name nobody has: `ask`, `ask_2`, `ask_3`, … */
export function freeName(wanted: string, taken: (name: string) => boolean): string {
  const stem = wanted.replace(/_\d+$/, '').slice(0, 58) || 'node';
  if (!taken(wanted)) return wanted;
  for (let count = 2; ; count += 1) if (!taken(`${stem}_${count}`)) return `${stem}_${count}`;
}

/** What a person types as a name that may be one: lower case, underscores, first a letter. */
export function asName(typed: string): string {
  const plain = typed
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+/, '');
  return plain.slice(0, 64);
}

/** `order_number` as people read it: `order number`. */
export function spoken(name: string): string {
  return name.replaceAll('_', ' ');
}
