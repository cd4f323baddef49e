import { describe, expect, it } from 'vitest';
import { blended, blendOf, partners, voiceOptions } from './voices';

const voice = (name: string, title: string, blends = true) => ({
  name,
  title,
  accent: 'American',
  engine: name.split(':')[0] ?? '',
  blends,
});
const voices = [
  voice('kokoro:af_heart', 'Heart'),
  voice('kokoro:af_bella', 'Bella'),
  voice('piper:amy', 'Amy', false),
];

describe('voices', () => {
  it('begin with the installation’s, and keep one that is named though it is not here', () => {
    expect(voiceOptions(voices, 'chatterbox:joe').map(({ value }) => value)).toEqual([
      '',
      'kokoro:af_heart',
      'kokoro:af_bella',
      'piper:amy',
      'chatterbox:joe',
    ]);
  });

  it('are blended by name, and read again', () => {
    const blend = { first: 'kokoro:af_heart', second: 'af_bella', share: 0.7 };
    expect(blended(blend)).toBe('kokoro:af_heart:0.7+af_bella:0.3');
    expect(blendOf(blended(blend))).toEqual(blend);
    expect(blendOf('kokoro:af_heart')).toBeUndefined();
  });

  it('are blended within their engine only', () => {
    expect(partners(voices, 'kokoro:af_heart').map(({ value }) => value)).toEqual(['af_bella']);
    expect(partners(voices, 'piper:amy')).toEqual([]);
  });
});
