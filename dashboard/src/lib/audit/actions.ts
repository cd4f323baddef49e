/** What was done, in words: the audit trail names the route's function. */

/** `publish_flow` → “Publish flow”. */
export function actionWords(action: string): string {
  const said = action.replace(/_/g, ' ');
  return said.slice(0, 1).toUpperCase() + said.slice(1);
}

/** `flow=support call=01H…` → its parts. */
export function subjectParts(subject: string): { name: string; value: string }[] {
  return subject
    .split(/[,\s]+(?=\w+=)/)
    .filter(Boolean)
    .map((part) => {
      const at = part.indexOf('=');
      return at < 0 ? { name: '', value: part } : { name: part.slice(0, at), value: part.slice(at + 1) };
    });
}

/** What people look for most; the filter offers it before it was ever done. */
const usual = [
  'publish_flow',
  'rollback_flow',
  'save_agent',
  'save_settings',
  'set_secret',
  'supervise_call',
  'erase',
];

/** The filter's choices: what is usual, and what is seen on the page. */
export function actionChoices(seen: readonly string[]): string[] {
  return [...new Set([...usual, ...seen])].sort();
}

/** A detail as text. */
export function detailText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** People and keys as the filter's choices: each once, under the name that comes first. */
export function peopleOptions(
  people: readonly { id: string; name: string }[],
): { value: string; label: string }[] {
  const names = new Map<string, string>();
  for (const { id, name } of people) if (id && !names.has(id)) names.set(id, name);
  return [...names]
    .map(([value, label]) => ({ value, label }))
    .sort((a, b) => a.label.localeCompare(b.label));
}
