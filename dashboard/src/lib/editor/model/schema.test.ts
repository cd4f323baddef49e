import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import copied from './flow.schema.json';
import { controlOf, formOf, slotForm } from './form';
import { kinds } from './kinds';
import { slotTypes } from './schema';

const control = (kind: string, name: string) => formOf(kind).find((field) => field.name === name)?.control;

it('the schema is the one that the program prints', () => {
  const printed = JSON.parse(readFileSync('../docs/reference/flow.schema.json', 'utf8')) as unknown;
  expect(copied, 'copy it: cp ../docs/reference/flow.schema.json src/lib/editor/model/').toEqual(printed);
});

it('the palette has every kind of the schema', () => {
  const mapping = copied.properties.nodes.additionalProperties.discriminator.mapping;
  expect([...kinds.keys()].sort()).toEqual(Object.keys(mapping).sort());
  for (const kind of kinds.values()) expect(kind.description).not.toBe('');
});

it('every field of every kind has a control of its own and a description', () => {
  for (const kind of kinds.keys())
    for (const field of formOf(kind)) {
      expect(field.description, `${kind}.${field.name}`).not.toBe('');
      expect(field.control.type, `${kind}.${field.name}`).not.toBe('value');
    }
});

it('controls fit what the fields hold', () => {
  expect(control('say', 'say')).toEqual({ type: 'lines' });
  expect(control('ask', 'slots')).toMatchObject({ type: 'map', of: { type: 'slot' }, atLeast: 1 });
  expect(control('ask', 'attempts')).toEqual({ type: 'number', integer: true, min: 1, max: 10 });
  expect(control('intent', 'intents')).toMatchObject({ type: 'map', of: { type: 'object' } });
  expect(control('lookup', 'tool')).toEqual({ type: 'reference', to: 'tool', unset: false });
  expect(control('lookup', 'with')).toMatchObject({ type: 'map', of: { type: 'value' } });
  expect(control('order', 'catalogue')).toEqual({ type: 'catalogue' });
  expect(control('branch', 'when')).toMatchObject({ type: 'list', of: { type: 'object' } });
  expect(control('transfer', 'mode')).toEqual({ type: 'choice', options: ['cold', 'warm'], unset: false });
  expect(control('answer', 'stay')).toEqual({ type: 'boolean', unset: true });
  expect(control('talk', 'goal')).toMatchObject({ type: 'text', multiline: true, reads: 'template' });
  expect(control('say', 'after')).toMatchObject({ type: 'choice', options: ['first_sentence'], unset: true });
});

it('a slot has the options of its type', () => {
  expect(slotForm('digits').map((field) => field.name)).toContain('length');
  expect(slotForm('choice').find((field) => field.name === 'choices')?.control).toMatchObject({
    type: 'map',
    of: { type: 'texts' },
  });
  expect(slotForm('item').find((field) => field.name === 'catalogue')?.control).toMatchObject({
    to: 'catalogue',
  });
  for (const type of Object.keys(slotTypes))
    for (const field of slotForm(type)) expect(field.control.type, `${type}.${field.name}`).not.toBe('value');
});

it('what the schema leaves open may be any value', () => {
  expect(controlOf('x', {})).toEqual({ type: 'value' });
});
