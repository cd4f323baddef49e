import { describe, expect, it } from 'vitest';
import type { FlowDocument } from './document';
import { picture, type Picture } from './graph';
import { pathOf, routesOf, type Route } from './routes';

/** Cards at these places, each wired to the nodes named. */
function drawn(cards: Record<string, [x: number, y: number, ...to: string[]]>): Picture {
  const nodes = Object.entries(cards).map(([name, [x, y, ...to]]) => [
    name,
    { kind: 'branch', at: [x, y], exits: Object.fromEntries(to.map((one, at) => [`e${at}`, one])) },
  ]);
  return picture({ start: 'a', nodes: Object.fromEntries(nodes) } as FlowDocument);
}

/** The cards that a route runs through or touches from outside; its own two ends may be touched. */
function crossed({ nodes }: Picture, route: Route): string[] {
  return nodes.flatMap(({ id, position: { x, y }, width, height }) =>
    route.slice(1).some((to, at) => {
      const from = route[at]!;
      return (
        Math.min(from.x, to.x) < x + width &&
        Math.max(from.x, to.x) > x &&
        Math.min(from.y, to.y) < y + height &&
        Math.max(from.y, to.y) > y
      );
    })
      ? [id]
      : [],
  );
}

const grid = Object.fromEntries(
  Array.from({ length: 48 }, (_, at) => [
    `n${at}`,
    [(at % 8) * 360, Math.floor(at / 8) * 190, `n${(at + 1) % 48}`, `n${(at * 7 + 3) % 48}`, `n${at % 5}`],
  ]),
) as Parameters<typeof drawn>[0];

describe('the ways of wires', () => {
  it.each([
    ['to the next card', drawn({ a: [0, 0, 'b'], b: [400, 120] })],
    ['past a card between', drawn({ a: [0, 0, 'c'], b: [400, 0], c: [800, 0] })],
    ['back', drawn({ a: [0, 0, 'b'], b: [400, 0, 'a'] })],
    ['to its own card', drawn({ a: [0, 0, 'a'] })],
    ['among many cards', drawn(grid)],
  ])('lead round all cards, right-angled: %s', (_, made) => {
    const routes = routesOf(made);
    expect(routes.size).toBe(made.wires.length);
    for (const route of routes.values()) {
      expect(crossed(made, route)).toEqual([]);
      for (const [at, to] of route.slice(1).entries())
        expect(route[at]!.x === to.x || route[at]!.y === to.y).toBe(true);
    }
  });

  it('share no upright line unless they lead to the same node', () => {
    const made = drawn({ a: [0, 0, 'c'], b: [0, 300, 'd'], c: [400, 400], d: [400, 100] });
    const [one, other] = [...routesOf(made).values()].map((route) => route[1]!.x);
    expect(Math.abs(one! - other!)).toBeGreaterThanOrEqual(7);
  });

  it('stay the same while no card moves', () => {
    const before = routesOf(drawn({ a: [0, 0, 'b'], b: [400, 0] }));
    expect(routesOf(drawn({ a: [0, 0, 'b'], b: [400, 0] }))).toBe(before);
    expect(routesOf(drawn({ a: [0, 0, 'b'], b: [400, 9] }))).not.toBe(before);
  });

  it('exist even where cards lie on each other', () => {
    const made = drawn({ a: [0, 0, 'b'], b: [20, 10, 'a'], c: [10, 5, 'a', 'b'] });
    for (const route of routesOf(made).values()) expect(route.length).toBeGreaterThan(1);
  });

  it('are drawn with round corners', () => {
    expect(
      pathOf([
        { x: 0, y: 0 },
        { x: 40, y: 0 },
        { x: 40, y: 40 },
      ]),
    ).toBe('M0,0L31,0Q40,0 40,9L40,40');
    expect(pathOf([])).toBe('');
  });
});
