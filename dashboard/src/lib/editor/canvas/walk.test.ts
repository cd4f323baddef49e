import { beforeEach, expect, test } from 'vitest';
import type { CardNode } from './bridge';
import { walked, wireBy } from './walk';

const nodes = ['a', 'b', 'c'].map((id) => ({ id })) as CardNode[];

beforeEach(() => {
  // c is not in sight: it is not on the page. b is selected: its exits take the keyboard.
  document.body.innerHTML = `<div class="flow-canvas"><svg>
    <g class="flow-wire" id="in" data-from="a" data-to="b"></g>
    <g class="flow-wire" id="out" data-from="b" data-to="c"></g></svg>
    <div class="svelte-flow__node" data-id="a" id="a"><button tabindex="-1"></button></div>
    <div class="svelte-flow__node" data-id="b" id="b"><button tabindex="0" id="first"></button>
      <button tabindex="0" id="last"></button></div></div><button id="else"></button>`;
});

const at = (id: string) => document.getElementById(id) as Element;

test('Tab goes on to the next card, and to one that is not on the page', () => {
  expect(walked(at('a'), nodes, false)).toBe('b');
  expect(walked(at('last'), nodes, false)).toBe('c');
});

test('it goes through the exits of a card that is selected', () => {
  expect(walked(at('b'), nodes, false)).toBeUndefined();
  expect(walked(at('first'), nodes, false)).toBeUndefined();
});

test('and back', () => {
  expect(walked(at('b'), nodes, true)).toBe('a');
  expect(walked(at('last'), nodes, true)).toBeUndefined();
});

test('it leaves the canvas before the first card and behind the last', () => {
  expect(walked(at('a'), nodes, true)).toBeUndefined();
  expect(walked(at('last'), nodes.slice(0, 2), false)).toBeUndefined();
  expect(walked(at('else'), nodes, false)).toBeUndefined();
});

test('a card’s wires are found, those that lead from it first', () => {
  expect(wireBy(at('b'))?.id).toBe('out');
  expect(wireBy(at('a'))?.id).toBe('in');
  expect(wireBy(at('else'))).toBeUndefined();
});
