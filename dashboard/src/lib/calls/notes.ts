/** Notes of a call that a person should read before the rest, as sentences. */
import type { Schema } from '$lib/api';

type Note = Schema<'NoteFacts'>;

const sentences: Readonly<Record<string, (data: Note['data']) => string>> = {
  session_failed: (data) => `The call broke off on our side: ${said(data, 'error')}`,
  recording_stopped: (data) => `The recording ends before the call: ${said(data, 'why')}`,
  ears_lost: () => 'The recogniser gave no answer to four turns in a row, so the call was broken off.',
  voice_lost: () => 'Two lines in a row could not be spoken, so the call was ended.',
  line_failed: (data) => `A fault in the line ended the call: ${said(data, 'error')}`,
  commands_not_read: () => 'What supervisors told this call could not be read for a while.',
};

/** Those that are known to matter; the others stand in the log. */
export function noteLines(notes: readonly Note[]): { seq: number; text: string }[] {
  return notes.flatMap(({ seq, type, data }) => {
    const sentence = sentences[type];
    return sentence ? [{ seq, text: sentence(data) }] : [];
  });
}

function said(data: Note['data'], name: string): string {
  const value = data[name];
  return typeof value === 'string' && value !== '' ? value : 'no reason is known.';
}
