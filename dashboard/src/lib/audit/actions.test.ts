import { expect, it } from 'vitest';
import { actionChoices, actionWords, detailText, peopleOptions, subjectParts } from './actions';

it('an action reads as words', () => {
  expect(actionWords('publish_flow')).toBe('Publish flow');
});

it('a subject is told part by part', () => {
  expect(subjectParts('flow=support number=3')).toEqual([
    { name: 'flow', value: 'support' },
    { name: 'number', value: '3' },
  ]);
  expect(subjectParts('')).toEqual([]);
});

it('the filter offers what is usual and what is seen, each once', () => {
  const choices = actionChoices(['sign_in', 'save_agent']);
  expect(choices).toContain('sign_in');
  expect(choices.filter((action) => action === 'save_agent')).toHaveLength(1);
});

it('details are text', () => {
  expect([detailText('a'), detailText({ a: 1 })]).toEqual(['a', '{"a":1}']);
});

it('whoever did something can be chosen once, by the first name', () => {
  const people = [
    { id: 'u2', name: 'Zoe' },
    { id: 'u1', name: 'Ann (you)' },
    { id: 'u1', name: 'Ann' },
    { id: '', name: 'nobody' },
  ];
  expect(peopleOptions(people)).toEqual([
    { value: 'u1', label: 'Ann (you)' },
    { value: 'u2', label: 'Zoe' },
  ]);
});
