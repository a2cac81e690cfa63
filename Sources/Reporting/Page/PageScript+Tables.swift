extension PageScript {
  /// Headings that sort, in both directions and back to the order of the study; a field above larger
  /// tables that keeps the rows with all its words. What is absent stays last.
  static let tables = #"""
    const continues = (row) => row.cells[0].textContent === '″';
    const groupsOf = (body) => {
      const groups = [];
      for (const row of body.rows) {
        if (continues(row) && groups.length) groups[groups.length - 1].push(row);
        else groups.push([row]);
      }
      return groups;
    };
    const keyOf = (cell) => {
      if (cell.dataset.value !== undefined) return Number(cell.dataset.value);
      const text = cell.firstChild ? cell.firstChild.textContent.trim() : '';
      if (text === '' || text === '–') return null;
      const number = Number(text.replace('−', '-'));
      return Number.isNaN(number) ? text : number;
    };
    const compare = (a, b) => {
      if (typeof a === 'number' && typeof b === 'number') return a - b;
      return String(a).localeCompare(String(b), 'en', { numeric: true });
    };
    const sortBy = (body, original, column, direction) => {
      const keyed = original.map((rows) => ({ rows, key: keyOf(rows[0].cells[column]) }));
      if (direction !== 0) {
        keyed.sort((a, b) => {
          if (a.key === null || b.key === null) return (a.key === null) - (b.key === null);
          return direction * compare(a.key, b.key);
        });
      }
      body.append(...keyed.flatMap((one) => one.rows));
    };
    const makeSortable = (table) => {
      const body = table.tBodies[0];
      const headings = [...table.tHead.rows[0].cells];
      let original = null;
      headings.forEach((heading, column) => {
        const button = make('button', { type: 'button', class: 'sort' });
        button.append(...heading.childNodes);
        heading.append(button);
        button.addEventListener('click', () => {
          original ??= groupsOf(body);
          const now = heading.getAttribute('aria-sort');
          const next = now === 'ascending' ? 'descending' : now === 'descending' ? null : 'ascending';
          for (const other of headings) other.removeAttribute('aria-sort');
          if (next) heading.setAttribute('aria-sort', next);
          sortBy(body, original, column, next === null ? 0 : next === 'ascending' ? 1 : -1);
        });
      });
    };
    const makeFilterable = (table) => {
      const input = make('input', { type: 'search', autocomplete: 'off' });
      const count = make('output');
      const bar = make('div', { class: 'filter' }, make('label', {}, 'Filter rows ', input), count);
      table.closest('.scroll').before(bar);
      const groups = groupsOf(table.tBodies[0]);
      input.addEventListener('input', () => {
        const words = input.value.toLowerCase().split(/\s+/).filter((word) => word);
        let shown = 0;
        for (const rows of groups) {
          const text = rows.map((row) => row.textContent.toLowerCase()).join(' ');
          const isShown = words.every((word) => text.includes(word));
          for (const row of rows) row.hidden = !isShown;
          shown += isShown ? 1 : 0;
        }
        count.textContent = words.length ? `${shown} of ${groups.length} rows` : '';
      });
    };
    for (const table of document.querySelectorAll('table.data')) {
      const rows = table.tBodies[0].rows.length;
      if (rows > 1) makeSortable(table);
      if (rows > 5 || (rows > 1 && table.id === 'score-table')) makeFilterable(table);
    }


    """#
}
