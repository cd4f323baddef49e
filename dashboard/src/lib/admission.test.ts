import { describe, expect, it } from 'vitest';
import { onward, signInAddress } from './admission';

describe('the sign-in', () => {
  it('leads back to the page one came from, with what it was asked', () => {
    const address = signInAddress(new URL('http://host/p/shop/calls?outcome=done'));
    expect(onward(new URL(address, 'http://host').searchParams.get('next'))).toBe(
      '/p/shop/calls?outcome=done',
    );
  });

  it.each([
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    'javascript:alert(1)',
    null,
  ])('never leads elsewhere: %s', (next) => {
    expect(onward(next)).toBe('/');
  });
});
