import { expect, test } from 'vitest';
import type { CardNode } from './bridge';
import { shownIn } from './minimap';

const PICTURE = { width: 168, height: 112 };

function node(x: number, y: number, selected = false): CardNode {
  return {
    id: `${x}-${y}`,
    position: { x, y },
    width: 264,
    height: 120,
    selected,
    data: {},
  } as unknown as CardNode;
}

function corners(path: string): [number, number][] {
  return [...path.matchAll(/M(-?[\d.]+) (-?[\d.]+)h([\d.]+)v([\d.]+)/g)].flatMap(([, x, y, wide, high]) => [
    [Number(x), Number(y)],
    [Number(x) + Number(wide), Number(y) + Number(high)],
  ]);
}

test.each([
  ['wide', [node(0, 0), node(9000, 40)]],
  ['high', [node(-500, -9000), node(0, 0), node(100, 700)]],
  ['one card', [node(70, 70)]],
])('every card of a %s flow lies inside the picture', (_, nodes) => {
  const shown = shownIn(nodes, PICTURE);
  const found = corners(shown.path);
  expect(found).toHaveLength(2 * nodes.length);
  for (const [x, y] of found) {
    expect(x).toBeGreaterThanOrEqual(0);
    expect(y).toBeGreaterThanOrEqual(0);
    expect(x).toBeLessThanOrEqual(PICTURE.width);
    expect(y).toBeLessThanOrEqual(PICTURE.height);
  }
});

test('a place in the picture is a place in the flow', () => {
  const shown = shownIn([node(0, 0), node(1000, 500)], PICTURE);
  const [[x, y]] = corners(shown.path) as [[number, number]];
  expect(x / shown.scale + shown.x).toBeCloseTo(0, -1);
  expect(y / shown.scale + shown.y).toBeCloseTo(0, -1);
});

test('what is selected is drawn apart', () => {
  const shown = shownIn([node(0, 0), node(400, 0, true)], PICTURE);
  expect(corners(shown.path)).toHaveLength(2);
  expect(corners(shown.selected)).toHaveLength(2);
});

test('a flow without cards has a picture too', () => {
  expect(shownIn([], PICTURE)).toEqual({ x: 0, y: 0, scale: 1, path: '', selected: '' });
});
