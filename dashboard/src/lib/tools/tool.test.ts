import { describe, expect, it } from 'vitest';
import { draftOf, secretsIn, toolOf, type Tool } from './tool';

const tool = {
  name: 'orders.get',
  description: 'An order.',
  method: 'POST',
  url: 'https://shop.test/{{ number }}',
  timeout_ms: 3000,
  arguments: { number: { type: 'text', required: true, description: 'Five digits' } },
  headers: { Authorization: 'Bearer {{ secret.TOKEN }}' },
  body: { number: '{{ number }}' },
  result: { id: 'id' },
  missing: { statuses: [404, 422] },
  accept: [409],
  max_bytes: 1000,
  retries: 1,
  world: false,
} as unknown as Tool;

describe('a tool', () => {
  it('comes out of its form as it went in, with what the form does not show', () => {
    const made = toolOf(draftOf(tool));
    expect(made).toEqual({ tool });
  });

  it('has no empty rows and no empty fields', () => {
    const draft = draftOf({ name: 'a', url: 'https://a.test' });
    draft.query.push({ name: ' ', value: 'x' });
    expect(toolOf(draft)).toEqual({
      tool: {
        name: 'a',
        method: 'GET',
        url: 'https://a.test',
        timeout_ms: 5000,
        missing: { statuses: [404] },
      },
    });
  });

  it('is not made of what is no JSON, and says where it breaks', () => {
    const draft = draftOf(tool);
    draft.body = '{\n  "a": x\n}';
    const made = toolOf(draft);
    expect('faults' in made && made.faults.body).toMatch(/line 2/);
    draft.body = '{}';
    draft.missing = ['many'];
    expect('faults' in toolOf(draft)).toBe(true);
  });
});

it('the secrets of a text are found', () => {
  expect(secretsIn('{{ secret.A }} {{secret.B_2}} {{ secret.A }} {{ x }}')).toEqual(['A', 'B_2']);
});
