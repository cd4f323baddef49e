import { fireEvent, render, screen } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import Table, { type Column } from './Table.svelte';

interface Row {
  name: string;
  minutes: number;
}

const rows: Row[] = [
  { name: 'Bank', minutes: 3 },
  { name: '<img src=x onerror=alert(1)>', minutes: 12 },
];
const columns: Column<Row>[] = [
  { id: 'name', title: 'Name', text: (row) => row.name },
  { id: 'minutes', title: 'Minutes', text: (row) => row.minutes, sort: (row) => row.minutes },
];
// The component is generic, and the test library cannot give it its row's type.
const props = { caption: 'Projects', columns, rows, key: (row: Row) => row.name, href: () => '/p' } as never;

const shown = () => screen.getAllByRole('row').map((row) => row.querySelector('td')?.textContent?.trim());

describe('a table', () => {
  it('has its caption as name, and is sorted by a click on a head, up and then down', async () => {
    render(Table, { props });
    expect(screen.getByRole('table', { name: 'Projects' })).toBeVisible();
    const minutes = screen.getByRole('columnheader', { name: 'Minutes' });
    await fireEvent.click(screen.getByRole('button', { name: 'Minutes' }));
    expect(minutes).toHaveAttribute('aria-sort', 'ascending');
    await fireEvent.click(screen.getByRole('button', { name: 'Minutes' }));
    expect(minutes).toHaveAttribute('aria-sort', 'descending');
    expect(shown().slice(1)).toEqual([rows[1]!.name, 'Bank']);
  });

  it('shows markup in a row as the text it is', () => {
    const { container } = render(Table, { props });
    expect(container.querySelector('img')).toBeNull();
    expect(screen.getByRole('link', { name: rows[1]!.name })).toBeVisible();
  });

  it('has no button in the head of a column that cannot be sorted', () => {
    render(Table, { props });
    expect(screen.queryByRole('button', { name: 'Name' })).toBeNull();
  });
});
