import { describe, expect, it } from 'vitest';
import { changedIn, grouped, patience, withPatience, withThreshold } from './listening';

const schema = {
  properties: {
    barge_gate_ms: {
      type: 'number',
      default: 64,
      minimum: 64,
      maximum: 1000,
      description: 'Of speech\nthat pauses.',
    },
    interim_words: { type: 'integer', default: 2, minimum: 1 },
    brand_new_db: { type: 'number', default: 3 },
    patience: { default: { short: { finished_ms: 200, unsure_ms: 950 } } },
  },
};

describe('the thresholds of listening', () => {
  it('stand in groups with title, unit and explanation, also those that are new', () => {
    const [interruptions, others] = grouped(schema);
    expect(interruptions?.thresholds.map(({ title, unit }) => [title, unit])).toEqual([
      ['Barge gate', 'milliseconds'],
      ['Interim words', ''],
    ]);
    expect(interruptions?.thresholds[0]?.help).toBe('Of speech that pauses.');
    expect(others?.thresholds.map(({ name }) => name)).toEqual(['brand_new_db']);
  });

  it('are the agent’s own until they are given back', () => {
    const own = withThreshold({}, 'barge_gate_ms', 96);
    expect(own).toEqual({ barge_gate_ms: 96 });
    expect(changedIn(grouped(schema)[0]!, own)).toBe(1);
    expect(withThreshold(own, 'barge_gate_ms', undefined)).toEqual({});
  });

  it('of patience hold only what is changed', () => {
    const own = withPatience({ barge_gate_ms: 96 }, 'short', 'finished_ms', 300);
    expect(own).toEqual({ barge_gate_ms: 96, patience: { short: { finished_ms: 300 } } });
    expect(patience(schema, own)).toEqual({ short: { finished_ms: 300, unsure_ms: 950 } });
    expect(withPatience(own, 'short', 'finished_ms', undefined)).toEqual({ barge_gate_ms: 96 });
  });
});
