/** From a picture to what xyflow draws, and back. Sizes and handles are given, so that nothing has to be measured. */
import { Position, type Node } from '@xyflow/svelte';
import type { Point } from '../model/edits';
import { exitTop, HEADER, type Card, type Picture, type Placed } from '../model/graph';

export type CardNode = Node<{ card: Card }, 'card'>;

/** The handle that takes wires. */
export const IN = 'in';
/** Pixels: a handle is as large. */
const HANDLE = 12;

const drawn = new WeakMap<Placed, CardNode>();

/** The nodes to draw. What is selected or being dragged in the drawing stays so. */
export function nodesOf(
  picture: Picture,
  last: readonly CardNode[],
  selected: ReadonlySet<string>,
): CardNode[] {
  const before = new Map(last.map((node) => [node.id, node]));
  return picture.nodes.map((placed) => {
    const was = before.get(placed.id);
    const chosen = selected.has(placed.id);
    const next = drawn.get(placed) ?? drawnOf(placed);
    drawn.set(placed, next);
    if (was?.data.card === placed.card && (was.dragging || at(was.position, placed.position)))
      return (was.selected ?? false) === chosen ? was : { ...was, selected: chosen };
    return chosen ? { ...next, selected: true } : next;
  });
}

function at(one: Point, other: Point): boolean {
  return one.x === other.x && one.y === other.y;
}

function drawnOf({ id, position, width, height, card }: Placed): CardNode {
  return {
    id,
    type: 'card',
    position,
    width,
    height,
    measured: { width, height },
    data: { card },
    ariaRole: 'group',
    ariaLabel: labelOf(card),
    handles: [
      handle(IN, 'target', Position.Left, 0, HEADER / 2),
      ...card.exits.map((exit, index) =>
        handle(exit.name, 'source', Position.Right, width, exitTop(card, index)),
      ),
    ],
  };
}

function handle(id: string, type: 'source' | 'target', position: Position, x: number, y: number) {
  return { id, type, position, x: x - HANDLE / 2, y: y - HANDLE / 2, width: HANDLE, height: HANDLE };
}

/** What a screen reader says of a node. */
export function labelOf(card: Card): string {
  const faults = card.errors + card.warnings;
  const unwired = card.exits.filter((exit) => exit.to === '').length;
  return [
    `${card.title || card.name}, ${card.kind || 'no kind'}`,
    card.start && 'calls begin here',
    card.says,
    unwired > 0 && `${unwired} ${unwired === 1 ? 'exit is' : 'exits are'} not wired`,
    faults > 0 && `${faults} ${faults === 1 ? 'fault' : 'faults'}`,
    card.change,
    card.visits > 0 && 'on the path',
  ]
    .filter(Boolean)
    .join('; ');
}

/** Where nodes now stand, of those that moved. */
export function movedOf(picture: Picture, nodes: readonly CardNode[]): ReadonlyMap<string, Point> {
  const before = new Map(picture.nodes.map((placed) => [placed.id, placed.position]));
  return new Map(
    nodes.flatMap((node) => {
      const was = before.get(node.id);
      return was === undefined || at(was, node.position) ? [] : [[node.id, node.position]];
    }),
  );
}
