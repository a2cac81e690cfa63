extension PageScript {
  /// A dialog for a score: every seed's value, its difference to the baseline, what was spent, the
  /// settings that differ, and the digests of items and policies.
  static let cells = #"""
    const study = read('cells');
    const seconds = read('seconds');
    const dialog = make('dialog', { 'aria-labelledby': 'cell-title' });
    document.body.append(dialog);
    const digest = (hex) => make('td', { class: 'digest' }, hex || '–');
    const right = (text) => make('td', { class: 'right' }, text);
    const tabulate = (title, headings, rows) => {
      const head = make('tr');
      for (const [text, side] of headings) head.append(make('th', { scope: 'col', class: side }, text));
      const table = make('table', {}, make('thead', {}, head), make('tbody', {}, ...rows));
      const frame = { class: 'scroll', role: 'region', tabindex: '0', 'aria-label': title };
      return [make('h3', {}, title), make('div', frame, table)];
    };
    const sum = (numbers) => numbers.reduce((total, one) => total + one, 0);
    const seedRows = (arm, place, measure) => study.seeds.map((seed, trial) => {
      const row = make('tr', {}, make('th', { scope: 'row', class: 'right' }, String(seed)));
      const value = arm.values[measure][trial];
      if (Array.isArray(value)) row.append(make('td', { class: 'right hole' }, `– (${value[0]})`));
      else row.append(right(value ?? '–'));
      if (arm.against) row.append(right(arm.against[measure][trial] ?? '–'));
      if (arm.tokens) row.append(right(arm.tokens[trial] ?? '–'));
      const times = seconds ? seconds[place][trial] : [];
      if (seconds) row.append(right(times.length ? sum(times).toFixed(1) : '–'));
      row.append(digest(arm.trials[trial]));
      return row;
    });
    const seedTable = (arm, place, measure) => {
      const { unit } = study.measures[measure];
      const headings = [['seed', 'right'], [unit ? `value, ${unit}` : 'value', 'right']];
      if (arm.against) headings.push([`minus ${study.baseline}`, 'right']);
      if (arm.tokens) headings.push(['tokens drawn', 'right']);
      if (seconds) headings.push(['wall time, s', 'right']);
      headings.push(['trial', 'left']);
      return tabulate('Values by seed', headings, seedRows(arm, place, measure));
    };
    const stageTable = (arm, place) => {
      const rows = arm.stages.flatMap((stages, trial) => stages.map((stage, number) => {
        const [name, step, item, policy] = stage;
        const time = seconds?.[place]?.[trial]?.[number];
        return make('tr', {}, make('th', { scope: 'row', class: 'right' }, String(study.seeds[trial])),
          make('td', {}, named(name)), right(String(step)),
          right(time === undefined ? '–' : time.toFixed(1)), digest(item), digest(policy));
      }));
      const headings = [['seed', 'right'], ['stage', 'left'], ['last step', 'right'],
        ['s', 'right'], ['item', 'left'], ['policy, SHA-256', 'left']];
      return tabulate('Stages', headings, rows);
    };
    const settingTable = (arm) => {
      const rows = arm.differences.map(([path, baseline, own]) => make('tr', {},
        make('th', { scope: 'row' }, named(path)), make('td', { class: 'left' }, named(baseline ?? '–')),
        make('td', { class: 'left' }, named(own ?? '–'))));
      const headings = [['setting', 'left'], [study.baseline, 'left'], [arm.label, 'left']];
      return tabulate('Settings that differ from the baseline', headings, rows);
    };
    // Inside another page's frame a browser may refuse to change the address.
    const remember = (hash) => {
      try { history.replaceState(null, '', hash); } catch { /* Only the address stays behind. */ }
    };
    const openCell = (link) => {
      const place = /^#arm-(\d+)-measure-(\d+)$/.exec(link.hash).slice(1).map(Number);
      const arm = study.arms[place[0]];
      const measure = study.measures[place[1]];
      const known = arm.values[place[1]].filter((value) => typeof value === 'string').length;
      const close = make('button', { type: 'button' }, 'Close');
      close.addEventListener('click', () => dialog.close());
      const title = make('h2', { id: 'cell-title' }, named(measure.heading), ' of ', named(arm.label));
      const figure = `${link.textContent}${measure.unit ? ' ' + measure.unit : ''}`;
      const inside = make('div', { class: 'inside' }, make('div', { class: 'bar' }, title, close),
        make('p', { class: 'figure' }, figure),
        make('p', { class: 'caption' }, `${known} of ${study.seeds.length} seeds have a value.`),
        ...seedTable(arm, ...place));
      if (arm.differences) inside.append(...settingTable(arm));
      else if (arm.isBaseline) {
        inside.append(make('p', { class: 'caption' }, 'The others are compared with this arm.'));
      }
      if (arm.stages) inside.append(...stageTable(arm, place[0]));
      dialog.replaceChildren(inside);
      if (!dialog.open) dialog.showModal();
      dialog.scrollTop = 0;
      remember(link.hash);
    };
    dialog.addEventListener('close', () => remember('#scores'));
    dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
    for (const link of document.querySelectorAll('a.cell')) {
      link.setAttribute('role', 'button');
      link.setAttribute('aria-haspopup', 'dialog');
      link.addEventListener('click', (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        openCell(link);
      });
      link.addEventListener('keydown', (event) => {
        if (event.key !== ' ') return;
        event.preventDefault();
        openCell(link);
      });
      if (link.hash === location.hash) openCell(link);
    }


    """#
}
