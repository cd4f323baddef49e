/**
 * The ways of wires round cards: right-angled, and beside each other where they would lie on one another. Wires to the
 * same node may share a line, as they do on any wiring plan.
 */
import type { Point } from './edits';
import { exitTop, HEADER, type Picture, type Placed, type Wire } from './graph';

/** A wire's corners, from the edge of the card that it leaves to the edge of the one it enters. */
export type Route = readonly Point[];

/** Pixels: how far a wire runs straight before it turns, what it keeps from cards, and from other wires. */
const STUB = 18;
const CLEARANCE = 10;
const APART = 7;
/** How many lines may lie beside each other, and how many ways round are tried. */
const TRACKS = 6;
const TRIES = 24;

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

interface Ends {
  from: Point;
  to: Point;
}

/** Where a wire begins and ends. */
export function endsOf(source: Placed, exit: string, target: Placed): Ends {
  const row = source.card.exits.findIndex((one) => one.name === exit);
  return {
    from: {
      x: source.position.x + source.width,
      y: source.position.y + exitTop(source.card, Math.max(0, row)),
    },
    to: { x: target.position.x, y: target.position.y + HEADER / 2 },
  };
}

interface Routed {
  seats: readonly Pick<Placed, 'id' | 'position' | 'width' | 'height'>[];
  wires: string;
  routes: ReadonlyMap<string, Route>;
}

let routed: Routed = { seats: [], wires: '', routes: new Map() };

/** The ways of all wires of a picture. While no card moves and no wire changes, the same as the last time. */
export function routesOf(picture: Picture): ReadonlyMap<string, Route> {
  const wires = picture.wires.map((wire) => `${wire.id}>${wire.to}`).join(' ');
  const same =
    wires === routed.wires &&
    picture.nodes.length === routed.seats.length &&
    picture.nodes.every((node, at) => alike(node, routed.seats[at]!));
  if (!same) routed = { seats: picture.nodes, wires, routes: found(picture) };
  return routed.routes;
}

function alike(one: Routed['seats'][number], other: Routed['seats'][number]): boolean {
  return (
    one.id === other.id &&
    one.height === other.height &&
    one.width === other.width &&
    one.position.x === other.position.x &&
    one.position.y === other.position.y
  );
}

/** Short wires first: they have the shortest way. */
function found(picture: Picture): ReadonlyMap<string, Route> {
  const placed = new Map(picture.nodes.map((node) => [node.id, node]));
  const plan = new Plan(picture.nodes.map(boxOf));
  const wires = picture.wires.flatMap((wire) => {
    const [source, target] = [placed.get(wire.from), placed.get(wire.to)];
    return source && target ? [{ wire, ends: endsOf(source, wire.exit, target) }] : [];
  });
  const sorted = wires.toSorted((one, other) => lengthOf(one.ends) - lengthOf(other.ends));
  return new Map(sorted.map(({ wire, ends }) => [wire.id, plan.route(wire, ends)]));
}

function boxOf({ position, width, height }: Placed): Box {
  return { left: position.x, top: position.y, right: position.x + width, bottom: position.y + height };
}

function lengthOf({ from, to }: Ends): number {
  return Math.abs(to.x - from.x) + Math.abs(to.y - from.y);
}

/** The lines of one direction, each with the wires that already run along it. */
class Tracks {
  readonly #taken = new Map<number, { to: string; start: number; end: number }[]>();

  free(line: number, one: number, other: number, to: string | undefined): boolean {
    if (to === undefined) return true;
    const [start, end] = [Math.min(one, other), Math.max(one, other)];
    const near = [line - APART + 1, line + APART - 1];
    for (const [at, taken] of this.#taken) {
      if (at < near[0]! || at > near[1]!) continue;
      if (taken.some((run) => run.to !== to && run.start < end + APART && start < run.end + APART))
        return false;
    }
    return true;
  }

  take(line: number, one: number, other: number, to: string): void {
    const taken = this.#taken.get(line) ?? [];
    taken.push({ to, start: Math.min(one, other), end: Math.max(one, other) });
    this.#taken.set(line, taken);
  }
}

class Plan {
  readonly #upright = new Tracks();
  readonly #level = new Tracks();

  constructor(readonly boxes: readonly Box[]) {}

  route(wire: Wire, ends: Ends): Route {
    const route =
      this.#straight(ends) ??
      this.#turned(ends, wire.to) ??
      this.#round(ends, wire.to) ??
      this.#turned(ends) ??
      this.#round(ends) ??
      stepped(ends);
    for (const [at, point] of route.slice(1).entries()) {
      const last = route[at]!;
      if (point.x === last.x) this.#upright.take(point.x, last.y, point.y, wire.to);
      else this.#level.take(point.y, last.x, point.x, wire.to);
    }
    return route;
  }

  /** Both ends at one height, and nothing between. */
  #straight({ from, to }: Ends): Route | undefined {
    const route = [from, to];
    return Math.abs(from.y - to.y) < 1 && to.x > from.x && this.#clear(route) ? route : undefined;
  }

  /** Two turns, in the gap behind the one card or in that before the other. Without a node: on other wires too. */
  #turned({ from, to }: Ends, node?: string): Route | undefined {
    if (to.x - from.x < 2 * STUB) return undefined;
    const behind = this.#beside(from.x + STUB, 1, (x) => x <= to.x - STUB);
    const before = this.#beside(to.x - STUB, -1, (x) => x >= from.x + STUB);
    return [...behind, ...before]
      .filter((x) => this.#upright.free(x, from.y, to.y, node))
      .map((x) => [from, { x, y: from.y }, { x, y: to.y }, to])
      .find((route) => this.#clear(route));
  }

  /** Four turns: out, along a line between cards or round all of them, and in. */
  #round({ from, to }: Ends, node?: string): Route | undefined {
    const enters = to.x - STUB;
    for (const y of this.#lanes({ from, to })) {
      if (!this.#level.free(y, from.x + STUB, enters, node)) continue;
      for (const x of this.#beside(from.x + STUB, 1, () => true)) {
        const route = [from, { x, y: from.y }, { x, y }, { x: enters, y }, { x: enters, y: to.y }, to];
        if (this.#upright.free(x, from.y, y, node) && this.#clear(route)) return route;
      }
    }
    return undefined;
  }

  #beside(x: number, way: 1 | -1, may: (x: number) => boolean): readonly number[] {
    return Array.from({ length: TRACKS }, (_, track) => x + way * track * APART).filter(may);
  }

  /** Heights at which a wire may run past the cards between its ends, the shortest way round first. */
  #lanes({ from, to }: Ends): readonly number[] {
    const [left, right] = [Math.min(from.x, to.x) - STUB, Math.max(from.x, to.x) + STUB];
    const between = this.boxes.filter((box) => box.right > left && box.left < right);
    const detour = (y: number) => Math.abs(y - from.y) + Math.abs(y - to.y);
    const lanes = between
      .flatMap((box) => [box.top - CLEARANCE - 2, box.bottom + CLEARANCE + 2])
      .toSorted((one, other) => detour(one) - detour(other));
    const top = Math.min(...between.map((box) => box.top)) - CLEARANCE;
    const bottom = Math.max(...between.map((box) => box.bottom)) + CLEARANCE;
    const outside = Array.from({ length: 2 * TRACKS }, (_, track) => [
      bottom + track * APART,
      top - track * APART,
    ]).flat();
    const inside = lanes.slice(0, TRIES).flatMap((y) => [y, y + APART, y - APART]);
    return [...inside, ...outside];
  }

  #clear(route: Route): boolean {
    const last = route.length - 2;
    return route.slice(1).every((to, at) => {
      const from = route[at]!;
      // The first and the last stretch touch the cards that they join.
      const [left, right] = [Math.min(from.x, to.x), Math.max(from.x, to.x)];
      const [near, far] = [left + (at === 0 ? STUB / 2 : 0), right - (at === last ? STUB / 2 : 0)];
      const [top, bottom] = [Math.min(from.y, to.y), Math.max(from.y, to.y)];
      return !this.boxes.some(
        (box) =>
          near < box.right + CLEARANCE - 1 &&
          far > box.left - CLEARANCE + 1 &&
          top < box.bottom + CLEARANCE - 1 &&
          bottom > box.top - CLEARANCE + 1,
      );
    });
  }
}

/** The plain way, where there is no way round: cards stand too close. */
export function stepped({ from, to }: Ends): Route {
  const middle = (from.x + to.x) / 2;
  if (to.x - from.x >= 2 * STUB) return [from, { x: middle, y: from.y }, { x: middle, y: to.y }, to];
  const [out, into, y] = [from.x + STUB, to.x - STUB, (from.y + to.y) / 2];
  return [from, { x: out, y: from.y }, { x: out, y }, { x: into, y }, { x: into, y: to.y }, to];
}

/** Pixels: how round a corner is. */
const ROUND = 9;

/** A route as an SVG path, with its corners rounded. */
export function pathOf(route: Route): string {
  const [first, ...rest] = route;
  if (first === undefined) return '';
  const steps = rest.map((corner, at) => {
    const next = rest[at + 1];
    if (next === undefined) return `L${corner.x},${corner.y}`;
    const last = route[at]!;
    const round = Math.min(ROUND, distance(last, corner) / 2, distance(corner, next) / 2);
    const [start, end] = [towards(corner, last, round), towards(corner, next, round)];
    return `L${start.x},${start.y}Q${corner.x},${corner.y} ${end.x},${end.y}`;
  });
  return `M${first.x},${first.y}${steps.join('')}`;
}

function distance(one: Point, other: Point): number {
  return Math.abs(one.x - other.x) + Math.abs(one.y - other.y);
}

/** From a corner so far towards another, along a right-angled line. */
function towards(from: Point, to: Point, by: number): Point {
  return { x: from.x + Math.sign(to.x - from.x) * by, y: from.y + Math.sign(to.y - from.y) * by };
}
