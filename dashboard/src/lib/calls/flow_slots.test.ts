import { describe, expect, it } from 'vitest';
import { inputOf, slotsOf, typedOf, valueOf } from './flow_slots';

const document = {
  nodes: {
    which: { kind: 'ask', slots: { number: { type: 'digits' }, when: { type: 'date' } } },
    again: { kind: 'ask', slots: { number: { type: 'digits' } } },
    how: {
      kind: 'ask',
      slots: {
        fulfilment: { type: 'choice', choices: { pickup: ['collect'], delivery: [] }, personal: true },
      },
    },
    broken: 'not a node',
  },
};

describe('the slots of a flow', () => {
  it('are each told once, with all nodes that ask for them', () => {
    expect(slotsOf(document).map((slot) => [slot.name, slot.nodes])).toEqual([
      ['number', ['which', 'again']],
      ['when', ['which']],
      ['fulfilment', ['how']],
    ]);
  });

  it('are chosen from a list, or typed as their type is', () => {
    const [number, when, how] = slotsOf(document);
    expect(inputOf(how!)).toMatchObject({
      control: 'choice',
      options: [{ value: 'pickup' }, { value: 'delivery' }],
    });
    expect([inputOf(number!).control, inputOf(when!).control]).toEqual(['text', 'date']);
  });

  it.each([
    ['yes_no', 'no', false],
    ['quantity', ' 3 ', 3],
    ['digits', '00412', '00412'],
    ['money', '12.50', '12.50'],
  ])('%s typed as %j is sent as %j', (type, typed, value) => {
    expect(valueOf({ type }, typed)).toBe(value);
    expect(typedOf({ type }, value)).toBe(typed.trim());
  });

  it('shows what cannot be typed as nothing', () => {
    expect(typedOf({ type: 'record' }, { some: 'thing' })).toBe('');
    expect(typedOf({ type: 'date_range' }, { from: '2026-11-01', to: '2026-11-03' })).toBe(
      '2026-11-01/2026-11-03',
    );
  });
});
