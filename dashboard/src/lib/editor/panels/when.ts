/** A moment as people say it. */
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const dated = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

export function when(at: string, now = Date.now()): string {
  const moment = Date.parse(at);
  if (Number.isNaN(moment)) return '';
  const minutes = (moment - now) / 60_000;
  if (minutes > -1) return 'just now';
  if (minutes > -60) return relative.format(Math.round(minutes), 'minute');
  if (minutes > -60 * 20) return relative.format(Math.round(minutes / 60), 'hour');
  return dated.format(moment);
}
