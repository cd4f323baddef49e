/** Names of fields as words: `web.calls_at_once` → “Web › calls at once”. */
const units: Record<string, string> = { ms: 'milliseconds', s: 'seconds', db: 'decibels' };

export function words(path: string): string {
  const said = path
    .split('.')
    .map((part) => part.replace(/[_-]+/g, ' '))
    .join(' › ');
  return said.slice(0, 1).toUpperCase() + said.slice(1);
}

/** A threshold's name without its unit, and the unit: `barge_gate_ms` → “Barge gate”, “milliseconds”. */
export function measured(name: string): { title: string; unit: string } {
  const last = name.slice(name.lastIndexOf('_') + 1);
  const unit = units[last];
  return unit === undefined
    ? { title: words(name), unit: '' }
    : { title: words(name.slice(0, name.lastIndexOf('_'))), unit };
}
