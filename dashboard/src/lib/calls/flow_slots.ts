/** The slots of a flow as a supervisor fills them: what to show for each type, and what to send. Pure. */
import {
  entry,
  mapping,
  nodesOf,
  text,
  isList,
  isMapping,
  type FlowDocument,
} from '$lib/editor/model/document';

export interface FlowSlot {
  name: string;
  type: string;
  /** Of a choice. */
  choices: readonly string[];
  personal: boolean;
  /** The nodes that ask for it. */
  nodes: readonly string[];
}

/** Every slot that nodes of these flows ask for, each once, in the order of the documents. */
export function slotsOf(...documents: readonly FlowDocument[]): FlowSlot[] {
  const found = new Map<string, FlowSlot>();
  for (const [node, config] of documents.flatMap((one) => Object.entries(nodesOf(one))))
    for (const [name, slot] of Object.entries(mapping(entry(mapping(config), 'slots')))) {
      const known = found.get(name);
      if (known) found.set(name, { ...known, nodes: [...known.nodes, node] });
      else {
        const options = mapping(slot);
        found.set(name, {
          name,
          type: text(entry(options, 'type')),
          choices: choicesOf(entry(options, 'choices')),
          personal: entry(options, 'personal') === true,
          nodes: [node],
        });
      }
    }
  return [...found.values()];
}

function choicesOf(choices: ReturnType<typeof entry>): readonly string[] {
  if (isMapping(choices)) return Object.keys(choices);
  return isList(choices) ? choices.map(text).filter((one) => one !== '') : [];
}

export interface SlotInput {
  /** `choice`: one of a list; else the type of an input. */
  control: 'choice' | 'text' | 'number' | 'date' | 'time' | 'tel' | 'email';
  options: readonly { value: string; label: string }[];
  hint: string;
}

const inputs: Readonly<Record<string, Partial<SlotInput>>> = {
  digits: { hint: 'Digits only.' },
  code: { hint: 'Letters and digits.' },
  number: { control: 'number' },
  quantity: { control: 'number', hint: 'A whole number.' },
  money: { control: 'number', hint: 'An amount, such as 12.50.' },
  date: { control: 'date' },
  date_range: { hint: 'The first and the last day: 2026-11-01/2026-11-03.' },
  time: { control: 'time' },
  phone: { control: 'tel', hint: 'With the country’s code: +12025550143.' },
  email: { control: 'email' },
  item: { hint: 'The item’s number in the catalogue.' },
};

const yesOrNo = [
  { value: 'yes', label: 'Yes' },
  { value: 'no', label: 'No' },
];

/** How a slot is typed in. */
export function inputOf(slot: Pick<FlowSlot, 'type' | 'choices'>): SlotInput {
  const plain: SlotInput = { control: 'text', options: [], hint: '' };
  if (slot.type === 'yes_no') return { ...plain, control: 'choice', options: yesOrNo };
  if (slot.type === 'choice')
    return { ...plain, control: 'choice', options: slot.choices.map((value) => ({ value, label: value })) };
  return { ...plain, ...inputs[slot.type] };
}

/** What was typed, as the call takes it. Whether it fits is for the call itself to say. */
export function valueOf(slot: Pick<FlowSlot, 'type'>, typed: string): string | number | boolean {
  const plain = typed.trim();
  if (slot.type === 'yes_no') return plain === 'yes';
  if (slot.type === 'number' || slot.type === 'quantity') return Number(plain);
  return plain;
}

/** A known value, as it stands in the input when it is corrected. */
export function typedOf(slot: Pick<FlowSlot, 'type'>, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (slot.type === 'item' && typeof value === 'object' && 'sku' in value) return String(value.sku);
  if (slot.type === 'date_range' && typeof value === 'object' && 'from' in value && 'to' in value)
    return `${String(value.from)}/${String(value.to)}`;
  return typeof value === 'object' ? '' : String(value);
}
