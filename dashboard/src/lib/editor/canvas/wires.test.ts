import { expect, test } from 'vitest';
import type { FlowDocument } from '../model/document';
import { picture, type Picture } from '../model/graph';
import { DARK } from '../model/path';
import { pathOf, routesOf } from '../model/routes';
import { nodesOf, type CardNode } from './bridge';
import { linesOf, type Line } from './wires';

const NONE = new Map<string, Line>();
const flow = {
  start: 'a',
  nodes: {
    a: { kind: 'branch', at: [0, 0], exits: { left: 'b', right: 'c' } },
    b: { kind: 'branch', at: [400, 0], exits: { on: 'c' } },
    c: { kind: 'branch', at: [800, 0], exits: {} },
  },
} as unknown as FlowDocument;

function cardsOf(of: Picture, moved: Record<string, [number, number]> = {}): CardNode[] {
  return nodesOf(of, [], new Set()).map((node) => {
    const to = moved[node.id];
    return to ? { ...node, position: { x: to[0], y: to[1] } } : node;
  });
}

function byId(lines: readonly Line[]): Map<string, Line> {
  return new Map(lines.map((line) => [line.wire.id, line]));
}

test('wires lie as their ways were found while every card stands where it was put', () => {
  const drawn = picture(flow);
  const lines = byId(linesOf(drawn, cardsOf(drawn), NONE));
  expect([...lines.keys()].toSorted()).toEqual(['a.left', 'a.right', 'b.on']);
  for (const [id, route] of routesOf(drawn)) expect(lines.get(id)!.path).toBe(pathOf(route));
});

test('the wires of a card that is dragged follow it, and the others stay the same objects', () => {
  const drawn = picture(flow);
  const before = byId(linesOf(drawn, cardsOf(drawn), NONE));
  const after = byId(linesOf(drawn, cardsOf(drawn, { b: [500, 300] }), before));
  expect(after.get('a.right')).toBe(before.get('a.right'));
  expect(after.get('a.left')!.path).toMatch(/L500,326$/); // the middle of the card's head
  expect(after.get('b.on')!.path).toMatch(/^M764,/); // 264 wide
  expect(after.get('b.on')!.path).not.toBe(before.get('b.on')!.path);
  const back = byId(linesOf(drawn, cardsOf(drawn), after));
  expect(back.get('b.on')!.path).toBe(before.get('b.on')!.path);
});

test('a wire begins at its exit also when exits change places', () => {
  const exits = (given: Record<string, string>) =>
    picture({
      ...flow,
      nodes: {
        a: { kind: 'branch', at: [0, 0], exits: given },
        b: { kind: 'branch', at: [400, 0], exits: {} },
      },
    } as unknown as FlowDocument);
  const begins = (of: Picture) => linesOf(of, cardsOf(of), NONE)[0]!.path.split('L')[0];
  const [low, high] = [exits({ other: '', on: 'b' }), exits({ on: 'b', other: '' })];
  expect(begins(low)).not.toBe(begins(high));
});

test('the wires that a call took lie on top', () => {
  const drawn = picture(flow, { lit: { ...DARK, exits: new Set(['a.left']) } });
  const lines = linesOf(drawn, cardsOf(drawn), NONE);
  expect(lines.map((line) => line.wire.id)).toEqual(['a.right', 'b.on', 'a.left']);
});

test('says for a screen reader where a wire leads', () => {
  const drawn = picture(flow);
  expect(byId(linesOf(drawn, cardsOf(drawn), NONE)).get('b.on')!.label).toBe('on of b leads to c');
});
