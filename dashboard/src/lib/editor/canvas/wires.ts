/** The wires of a picture as lines: the ways that were found for them, and plain ones while a card at an end is dragged. */
import type { Point } from '../model/edits';
import type { Picture, Placed, Wire } from '../model/graph';
import { endsOf, pathOf, routesOf, stepped, type Route } from '../model/routes';
import type { CardNode } from './bridge';

export interface Line {
  wire: Wire;
  /** An SVG path, in the flow's pixels. */
  path: string;
  label: string;
}

const paths = new WeakMap<Route, string>();

/** The lines to draw, those that a call has taken last, so that they lie on top. `cards`: where cards stand now. `last`:
 * the lines before, of which those that did not change come back as the same objects. */
export function linesOf(
  picture: Picture,
  cards: readonly CardNode[],
  last: ReadonlyMap<string, Line>,
): readonly Line[] {
  const routes = routesOf(picture);
  const now = new Map(cards.map((card) => [card.id, card.position]));
  const placed = new Map(picture.nodes.map((node) => [node.id, node]));
  const standing = (node: Placed) => ({ ...node, position: now.get(node.id) ?? node.position });
  const lines = picture.wires.flatMap((wire): Line[] => {
    const [source, target] = [placed.get(wire.from), placed.get(wire.to)];
    if (source === undefined || target === undefined) return [];
    const ends = endsOf(standing(source), wire.exit, standing(target));
    const found = routes.get(wire.id);
    const fits = at(found?.[0], ends.from) && at(found?.at(-1), ends.to);
    const path = found && fits ? drawn(found) : pathOf(stepped(ends));
    const was = last.get(wire.id);
    if (was?.wire === wire && was.path === path) return [was];
    return [{ wire, path, label: `${wire.exit} of ${wire.from} leads to ${wire.to}` }];
  });
  return lines.toSorted((one, other) => Number(one.wire.taken) - Number(other.wire.taken));
}

function drawn(route: Route): string {
  const known = paths.get(route) ?? pathOf(route);
  paths.set(route, known);
  return known;
}

function at(one: Point | undefined, other: Point): boolean {
  return one?.x === other.x && one.y === other.y;
}
