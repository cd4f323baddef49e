/** Voices to choose from, and blends of two. */
import type { Schema } from '$lib/api';

export type Voice = Schema<'VoiceFacts'>;

export interface VoiceOption {
  value: string;
  label: string;
}

/** The installation's own first, then those of the machine; one that is named and not here stays to be seen. */
export function voiceOptions(voices: readonly Voice[], named: string): VoiceOption[] {
  const here = voices.map((voice) => ({ value: voice.name, label: titleOf(voice) }));
  const base = blendOf(named)?.first ?? named;
  const missing = base !== '' && !here.some(({ value }) => value === base);
  return [
    { value: '', label: 'The installation’s voice' },
    ...here,
    ...(missing ? [{ value: base, label: `${base} (not on this machine)` }] : []),
  ];
}

export function titleOf({ title, accent, engine }: Voice): string {
  return [title, accent, engine].filter(Boolean).join(' · ');
}

export interface Blend {
  /** Whole name of the first voice. */
  first: string;
  /** Name of the second within the same engine. */
  second: string;
  /** Of the first, 0.1 to 0.9. */
  share: number;
}

/** A blend of two, read from its name: `kokoro:af_heart:0.7+af_bella:0.3`. */
export function blendOf(name: string): Blend | undefined {
  const found = /^([^:]+):([^:+]+):([\d.]+)\+([^:+]+):([\d.]+)$/.exec(name);
  if (!found) return undefined;
  const [, engine, first, one, second, other] = found as unknown as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const share = Number(one) / (Number(one) + Number(other));
  return { first: `${engine}:${first}`, second, share: Math.round(share * 10) / 10 };
}

/** The name of a blend. */
export function blended({ first, second, share }: Blend): string {
  const rest = Math.round((1 - share) * 10) / 10;
  return `${first}:${share}+${second}:${rest}`;
}

/** The voices that can be blended with one: others of its engine. */
export function partners(voices: readonly Voice[], first: string): VoiceOption[] {
  const own = voices.find(({ name }) => name === first);
  if (!own?.blends) return [];
  return voices
    .filter((voice) => voice.blends && voice.engine === own.engine && voice.name !== first)
    .map((voice) => ({ value: voice.name.slice(voice.name.indexOf(':') + 1), label: titleOf(voice) }));
}
