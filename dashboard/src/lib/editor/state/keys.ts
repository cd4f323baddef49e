/** The editor's keys: which command a keystroke asks for. */

export type Command =
  'undo' | 'redo' | 'save' | 'search' | 'duplicate' | 'select-all' | 'select-none' | 'connect' | 'edit';

interface Stroke {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
}

const withControl: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['z', 'undo'],
  ['y', 'redo'],
  ['s', 'save'],
  ['f', 'search'],
  ['d', 'duplicate'],
  ['a', 'select-all'],
]);

const alone: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['/', 'search'],
  ['c', 'connect'],
  ['e', 'edit'],
  ['Escape', 'select-none'],
]);

/** Those that hold while something is being typed, too. */
const whileTyping = new Set<Command>(['save', 'search']);

export function commandOf(stroke: Stroke, typing: boolean): Command | undefined {
  const control = stroke.ctrlKey || stroke.metaKey;
  if (stroke.altKey) return undefined;
  const command = control
    ? stroke.shiftKey && stroke.key.toLowerCase() === 'z'
      ? 'redo'
      : withControl.get(stroke.key.toLowerCase())
    : alone.get(stroke.key);
  return command !== undefined && typing && !(control && whileTyping.has(command)) ? undefined : command;
}

/** Whether a keystroke there belongs to a text. */
export function typesInto(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
  );
}
