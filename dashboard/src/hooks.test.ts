import { expect, test } from 'vitest';
import { handleError } from './hooks.client';

function said(error: unknown) {
  return handleError({ error, event: {} as never, status: 500, message: 'Internal Error' });
}

test.each([
  'Failed to fetch dynamically imported module: http://here/_app/immutable/nodes/9.js',
  'error loading dynamically imported module: http://here/_app/immutable/nodes/9.js',
  'Importing a module script failed.',
])('a page whose parts cannot be fetched says that the server is away: %s', (message) => {
  expect(said(new TypeError(message))).toMatchObject({ message: 'The server cannot be reached.' });
});

test('what nobody foresaw is not called internal', () => {
  expect(said(new Error('x is undefined'))).not.toMatchObject({ message: 'Internal Error' });
});
