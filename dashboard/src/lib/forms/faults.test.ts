import { describe, expect, it } from 'vitest';
import { Problem } from '$lib/api/problem';
import { FieldFaults } from './faults';

const fault = (node: string, message: string) => ({ code: 'x', severity: 'error', node, message });
const faults = FieldFaults.of(
  new Problem(422, 'invalid_request', 'No.', [
    fault('body.speed', 'body.speed: Input should be less than or equal to 2'),
    fault('body.hours.week.monday.0', 'body.hours.week.monday.0: String should match the pattern'),
    fault('body', 'body: Value error, nothing would answer'),
  ]),
);

describe('the faults of a form', () => {
  it('stand at their fields, without the path in front', () => {
    expect(faults.at('speed')).toBe('Input should be less than or equal to 2.');
    expect(faults.at('voice')).toBeUndefined();
  });

  it('stand at the field that holds what they are about', () => {
    expect(faults.at('hours.week.monday')).toBe('String should match the pattern.');
    expect(faults.at('hours')).toBe('String should match the pattern.');
  });

  it('are said above the form where no field shows them', () => {
    expect(faults.besides(['speed', 'hours'])).toEqual(['Nothing would answer.']);
  });
});
