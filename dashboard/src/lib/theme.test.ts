import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync('src/lib/theme.css', 'utf8');

function tokens(selector: string): Record<string, string> {
  const block = css.slice(css.indexOf(`${selector} {`)).split('}')[0] ?? '';
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+): (#\w{6});/g)].map((found) => [found[1], found[2]]),
  );
}

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const grounds = ['canvas', 'surface', 'raised', 'sunken'];
const words: [string, string[]][] = [
  ['ink', grounds],
  ['ink-soft', grounds],
  ['ink-faint', grounds],
  ['accent-text', [...grounds, 'accent-soft']],
  ['ink', ['accent-soft', 'good-soft', 'warn-soft', 'bad-soft']],
  ['accent-ink', ['accent', 'accent-hover']],
  ['bad-ink', ['bad', 'bad-hover']],
  ['good', [...grounds, 'good-soft']],
  ['warn', [...grounds, 'warn-soft']],
  ['bad', [...grounds, 'bad-soft']],
];
const shapes: [string, string[]][] = [
  ['line-strong', ['surface', 'canvas']],
  ...[1, 2, 3, 4, 5, 6].map((each): [string, string[]] => [`series-${each}`, ['surface']]),
];

describe.each([':root', "[data-theme='dark']"])('the colours of %s', (selector) => {
  const colours = tokens(selector);

  it.each([
    ...words.flatMap(([front, backs]) => backs.map((back) => [front, back, 4.5] as const)),
    ...shapes.flatMap(([front, backs]) => backs.map((back) => [front, back, 3] as const)),
  ])('%s on %s can be read: %d to 1', (front, back, least) => {
    expect(contrast(colours[front] ?? '', colours[back] ?? '')).toBeGreaterThanOrEqual(least);
  });
});
