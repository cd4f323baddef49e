import { describe, expect, it } from 'vitest';
import { boundsOf, fitted, standsAt } from './flow_map';

const node = (id: string, x: number, y: number) => ({ id, position: { x, y }, width: 200, height: 100 });
const row = Array.from({ length: 20 }, (_, at) => node(`n${at}`, at * 300, 0));

describe('what is shown of a flow', () => {
  it('is all of it where it fits', () => {
    const two = [node('a', 0, 0), node('b', 300, 0)];
    expect(fitted(two, 'b', 800, 400)).toEqual(boundsOf(two));
  });

  it.each(['n0', 'n9', 'n19'])('has the node of the call in sight: %s', (id) => {
    const view = fitted(row, id, 600, 400);
    const { position } = row.find((one) => one.id === id)!;
    expect(position.x).toBeGreaterThanOrEqual(view.x);
    expect(position.x + 200).toBeLessThanOrEqual(view.x + view.width);
    expect(position.y).toBeGreaterThanOrEqual(view.y);
    expect(position.y + 100).toBeLessThanOrEqual(view.y + view.height);
  });

  it('keeps to the flow at its edges', () => {
    const whole = boundsOf(row);
    expect(fitted(row, 'n0', 600, 400).x).toBe(whole.x);
    const end = fitted(row, 'n19', 600, 400);
    expect(end.x + end.width).toBe(whole.x + whole.width);
  });

  it('is something even of a flow without nodes', () => {
    expect(fitted([], '', 600, 400).width).toBeGreaterThan(0);
  });
});

describe('where a path leads', () => {
  const document = { start: 'a', nodes: { a: { kind: 'say', exits: { said: 'b' } }, b: { kind: 'end' } } };

  it.each([
    [[], 'a'],
    [['a.said'], 'b'],
    [['a.gone'], ''],
  ])('%j: to %j', (path, node) => expect(standsAt(document, path)).toBe(node));
});
