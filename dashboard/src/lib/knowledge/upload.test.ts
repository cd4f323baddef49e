import { expect, it } from 'vitest';
import { sorted } from './upload';

it('documents that cannot be read are told apart before they are sent', () => {
  const files = ['Returns.PDF', 'photo.png', 'notes.md'].map((name) => new File(['x'], name));
  const { fit, unfit } = sorted(files);
  expect(fit.map(({ name }) => name)).toEqual(['Returns.PDF', 'notes.md']);
  expect(unfit.map(({ name }) => name)).toEqual(['photo.png']);
});
