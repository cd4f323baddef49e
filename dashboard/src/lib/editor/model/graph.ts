/** A document as what a canvas draws. Pure; what did not change comes back as the same object, so that it is not drawn again. */
import {
  entry,
  firstLine,
  handlersOf,
  isList,
  isMapping,
  kindOf,
  mapping,
  placeOf,
  RESUME,
  same,
} from './document';
import { nodesOf, startOf, text, type FlowDocument, type Mapping, type Value } from './document';
import { exitsOf, type EndsOf, type Exit } from './exits';
import type { NodeChange } from './diff';
import type { Point } from './edits';
import type { Fault } from './faults';
import { kinds } from './kinds';
import { DARK, type Lit } from './path';

/** Everything a card shows. */
export interface Card {
  name: string;
  kind: string;
  title: string;
  /** What is said there, or done. */
  says: string;
  exits: readonly Exit[];
  /** Calls begin here. */
  start: boolean;
  /** Handlers that lead here. */
  handlers: readonly string[];
  note: string;
  errors: number;
  warnings: number;
  /** How often the path came by. */
  visits: number;
  /** The call is here. */
  here: boolean;
  /** Exits the path took. */
  taken: readonly string[];
  change: NodeChange | undefined;
  /** Of a node that runs another flow: which. */
  runs: string;
}

export interface Placed {
  id: string;
  position: Point;
  width: number;
  height: number;
  card: Card;
}

export interface Wire {
  /** `node.exit`. */
  id: string;
  from: string;
  exit: string;
  to: string;
  taken: boolean;
  change: NodeChange | undefined;
}

export interface Picture {
  nodes: readonly Placed[];
  wires: readonly Wire[];
}

export interface Looks {
  endsOf?: EndsOf;
  faults?: ReadonlyMap<string, readonly Fault[]>;
  lit?: Lit;
  changes?: ReadonlyMap<string, NodeChange>;
  /** The older flow, where changes are shown. */
  before?: FlowDocument;
  /** Places of nodes that have none of their own. */
  places?: ReadonlyMap<string, Point>;
}

// The card's measures, in pixels: its CSS has the same, so that nothing needs to be measured on the page.
export const WIDTH = 264;
export const HEADER = 52;
export const SAYS = 46;
export const ROW = 28;
export const FOOT = 8;

export function heightOf(card: Pick<Card, 'says' | 'exits' | 'handlers'>): number {
  const rows = card.exits.length + (card.handlers.length > 0 ? 1 : 0);
  return HEADER + (card.says ? SAYS : 0) + rows * ROW + (rows > 0 ? FOOT : 0);
}

/** The middle of an exit's row, from the card's top. */
export function exitTop(card: Pick<Card, 'says' | 'exits' | 'handlers'>, at: number): number {
  const above = at + (card.handlers.length > 0 ? 1 : 0);
  return HEADER + (card.says ? SAYS : 0) + above * ROW + ROW / 2;
}

/** The picture of a document. `last`: the one before it, whose unchanged parts are taken over. */
export function picture(document: FlowDocument, looks: Looks = {}, last?: Picture): Picture {
  const before = new Map(last?.nodes.map((node) => [node.id, node]));
  const wiresBefore = new Map(last?.wires.map((wire) => [wire.id, wire]));
  const handlers = handlersOf(document);
  const start = startOf(document);
  const nodes = Object.entries(nodesOf(document)).map(([name, value], index): Placed => {
    const node = mapping(value);
    const card: Card = {
      ...written(name, node, looks.endsOf),
      start: name === start,
      handlers: handlers.filter((handler) => handler.go === name).map((handler) => handler.name),
      ...looking(name, looks),
    };
    const position = placeOf(node) ?? looks.places?.get(name) ?? sketched(index);
    return kept({ id: name, position, width: WIDTH, height: heightOf(card), card }, before.get(name));
  });
  const known = new Set(nodes.map((node) => node.id));
  const wires = nodes.flatMap(({ card }) => wiresFrom(card, known, looks, wiresBefore));
  return { nodes, wires };
}

function wiresFrom(
  card: Card,
  known: ReadonlySet<string>,
  looks: Looks,
  last: ReadonlyMap<string, Wire>,
): Wire[] {
  return card.exits.flatMap((exit): Wire[] => {
    if (exit.to === '' || exit.to === RESUME || !known.has(exit.to)) return [];
    const id = `${card.name}.${exit.name}`;
    const wire: Wire = {
      id,
      from: card.name,
      exit: exit.name,
      to: exit.to,
      taken: (looks.lit ?? DARK).exits.has(id),
      change: wireChange(card, exit, looks),
    };
    const was = last.get(id);
    return [was && equal(was, wire) ? was : wire];
  });
}

function wireChange(card: Card, exit: Exit, looks: Looks): NodeChange | undefined {
  if (looks.before === undefined) return undefined;
  if (card.change === 'added' || card.change === 'removed') return card.change;
  const was = mapping(entry(mapping(entry(nodesOf(looks.before), card.name)), 'exits'));
  const to = entry(was, exit.name);
  return to === undefined ? 'added' : to === exit.to ? undefined : 'changed';
}

type Looking = Pick<Card, 'errors' | 'warnings' | 'visits' | 'here' | 'taken' | 'change'>;

function looking(name: string, looks: Looks): Looking {
  const faults = looks.faults?.get(name) ?? [];
  const errors = faults.filter((fault) => fault.severity === 'error').length;
  const lit = looks.lit ?? DARK;
  const mine = lit.nodes.has(name) ? [...lit.exits].filter((step) => step.startsWith(`${name}.`)) : [];
  return {
    errors,
    warnings: faults.length - errors,
    visits: lit.nodes.get(name) ?? 0,
    here: lit.at === name,
    taken: mine.map((step) => step.slice(name.length + 1)),
    change: looks.changes?.get(name),
  };
}

type Written = Omit<Card, keyof Looking | 'start' | 'handlers'>;

const cache = new WeakMap<Mapping, { name: string; endsOf: EndsOf | undefined; written: Written }>();

function written(name: string, node: Mapping, endsOf: EndsOf | undefined): Written {
  const found = cache.get(node);
  if (found && found.name === name && found.endsOf === endsOf) return found.written;
  const kind = kindOf(node);
  const written: Written = {
    name,
    kind,
    title: text(entry(node, 'title')),
    says: saysOf(node),
    exits: exitsOf(node, endsOf),
    note: text(entry(node, 'note')),
    runs: kind === 'run' ? text(entry(node, 'flow')) : '',
  };
  cache.set(node, { name, endsOf, written });
  return written;
}

/** The words that tell most about a node. */
export function saysOf(node: Mapping): string {
  for (const field of kinds.get(kindOf(node))?.says ?? []) {
    const said = saysIn(field, entry(node, field));
    if (said !== '') return said;
  }
  return '';
}

function saysIn(field: string, value: Value | undefined): string {
  if (field === 'slots' && isMapping(value)) {
    const asks = Object.entries(value).map(([name, slot]) => firstLine(mapping(slot)['ask']) || name);
    return asks.join(' · ');
  }
  if (field === 'when') return conditions(value);
  return firstLine(value).trim();
}

function conditions(value: Value | undefined): string {
  if (isMapping(value)) return Object.values(value).map(text).join(' · ');
  return isList(value)
    ? value
        .map((one) => text(mapping(one)['if']))
        .filter(Boolean)
        .join(' · ')
    : '';
}

/** Where a node stands until a layout has placed it. */
function sketched(index: number): Point {
  return { x: (index % 6) * (WIDTH + 96), y: Math.floor(index / 6) * 260 };
}

function kept(next: Placed, last: Placed | undefined): Placed {
  if (last === undefined) return next;
  const card = alike(last.card, next.card) ? last.card : next.card;
  const stays =
    card === last.card && last.position.x === next.position.x && last.position.y === next.position.y;
  return stays ? last : { ...next, card };
}

function alike(one: Card, other: Card): boolean {
  return (Object.keys(one) as (keyof Card)[]).every(
    (field) => one[field] === other[field] || same(one[field] as Value, other[field] as Value),
  );
}

function equal(one: Wire, other: Wire): boolean {
  return (Object.keys(one) as (keyof Wire)[]).every((field) => one[field] === other[field]);
}

/** Where everything is drawn. */
export function placesIn(picture: Picture): ReadonlyMap<string, Point> {
  return new Map(picture.nodes.map((node) => [node.id, node.position]));
}
