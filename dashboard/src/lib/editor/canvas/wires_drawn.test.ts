import { fireEvent, render, screen } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';
import type { FlowDocument } from '../model/document';
import { picture } from '../model/graph';
import { nodesOf } from './bridge';
import Wires from './Wires.svelte';

const drawn = picture({
  start: 'a',
  nodes: {
    a: { kind: 'branch', at: [0, 0], exits: { left: 'b', right: 'c' } },
    b: { kind: 'branch', at: [400, 0], exits: { on: 'c' } },
    c: { kind: 'branch', at: [800, 0], exits: {} },
  },
} as unknown as FlowDocument);

function shown({ selected = [], cards = [], readOnly = false }: Shown = {}) {
  const onselect = vi.fn<(wires: ReadonlySet<string>) => void>();
  const nodes = nodesOf(drawn, [], new Set(cards));
  render(Wires, { props: { picture: drawn, nodes, selected: new Set(selected), readOnly, onselect } });
  const wire = (name: string) => screen.getByLabelText(new RegExp(`^${name} leads to`));
  const chosen = () => onselect.mock.calls.map(([wires]) => [...wires].toSorted());
  return { wire, chosen };
}

interface Shown {
  selected?: readonly string[];
  cards?: readonly string[];
  readOnly?: boolean;
}

test('a wire is selected by a click, and another with it by Shift', async () => {
  const { wire, chosen } = shown({ selected: ['b.on'] });
  await fireEvent.click(wire('left of a'));
  await fireEvent.click(wire('right of a'), { shiftKey: true });
  await fireEvent.click(wire('on of b'), { ctrlKey: true });
  expect(chosen()).toEqual([['a.left'], ['a.right', 'b.on'], []]);
});

test('the keyboard selects a wire, and lets go of it', async () => {
  const { wire, chosen } = shown({ selected: ['b.on'] });
  await fireEvent.keyDown(wire('left of a'), { key: 'Enter' });
  await fireEvent.keyDown(wire('on of b'), { key: 'Escape' });
  expect(chosen()).toEqual([['a.left'], []]);
});

test('Escape and Delete on a wire that is not selected are left to the canvas', async () => {
  const { wire, chosen } = shown({ cards: ['a'] });
  expect(await fireEvent.keyDown(wire('left of a'), { key: 'Escape' })).toBe(true); // not prevented
  expect(await fireEvent.keyDown(wire('left of a'), { key: 'Delete' })).toBe(true);
  expect(chosen()).toEqual([]);
});

test('a screen reader is told which wire is selected, and what the keys do', () => {
  const { wire } = shown({ selected: ['b.on'] });
  expect(wire('on of b')).toHaveAccessibleName('on of b leads to c, selected');
  expect(wire('left of a')).toHaveAccessibleName('left of a leads to b');
  expect(wire('left of a')).toHaveAccessibleDescription(/Enter selects this wire/);
});

test('from a wire that is selected the keyboard comes to those beside it', () => {
  const { wire } = shown({ selected: ['a.left'] });
  const reached = ['left of a', 'right of a', 'on of b'].map((name) => wire(name).getAttribute('tabindex'));
  expect(reached).toEqual(['0', '0', '0']); // each begins or ends at a or b
});

test('the keyboard comes to the wires of the card that is selected', () => {
  const { wire } = shown({ cards: ['b'] });
  expect(['left of a', 'right of a', 'on of b'].map((name) => wire(name).getAttribute('tabindex'))).toEqual([
    '0',
    '-1',
    '0',
  ]);
});

test('what may only be looked at cannot be selected', async () => {
  const { wire, chosen } = shown({ readOnly: true, cards: ['b'] });
  await fireEvent.click(wire('left of a'));
  await fireEvent.keyDown(wire('left of a'), { key: 'Enter' });
  expect(chosen()).toEqual([]);
  expect(wire('left of a')).not.toHaveAttribute('tabindex');
});
