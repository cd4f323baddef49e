/** The present moment, once a second, for what counts up on a page. Runs while somebody looks. */
import { createSubscriber } from 'svelte/reactivity';

const subscribe = createSubscriber((update) => {
  const timer = setInterval(update, 1000);
  return () => clearInterval(timer);
});

/** Milliseconds since 1970; whoever reads it in a component is told each second. */
export function now(): number {
  subscribe();
  return Date.now();
}
