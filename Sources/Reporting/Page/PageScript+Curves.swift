extension PageScript {
  /// Charts with values under the pointer or the arrow keys, and arms that can be switched off.
  static let curves = plot + chart

  /// One drawing of a chart for a width in pixels.
  private static let plot = #"""
    const vector = (tag, attributes = {}, ...children) => {
      const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
      for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
      element.append(...children);
      return element;
    };
    // Six colours and six patterns beside the baseline's, which alone is thick: no two of 37 lines look
    // alike, and the first seven differ in grey.
    const dashes = ['8 4', '2 3', '10 3 2 3', '14 5', '5 2 1 2', ''];
    const colorOf = (style) => (style === 0 ? 'k0' : `k${(style - 1) % 6 + 1}`);
    const dashOf = (style) => {
      const other = style - 1;
      return style === 0 ? '' : dashes[(other + Math.floor(other / 6)) % 6];
    };
    const shorten = (text, most) => {
      const letters = [...text];
      return letters.length > most ? letters.slice(0, most - 1).join('') + '…' : text;
    };
    const layout = (chart, width) => {
      const height = Math.max(230, Math.min(400, width * 0.55));
      const hasNames = width > 520 && chart.series.length <= 12;
      const longest = Math.max(...chart.series.map((one) => Math.min(22, [...one.label].length)));
      const left = 14 + 7.2 * Math.max(...chart.ticksUp.map((tick) => tick[1].length));
      const frame = { width, height, left, hasNames, top: 10, bottom: height - 40,
        right: width - (hasNames ? 7.4 * longest + 22 : 12) };
      const span = chart.right - chart.left;
      frame.x = (value) => span > 0
        ? left + (value - chart.left) / span * (frame.right - left) : (left + frame.right) / 2;
      frame.y = (value) => frame.bottom
        - (value - chart.bottom) / (chart.top - chart.bottom) * (frame.bottom - frame.top);
      return frame;
    };
    const pathOf = (points) => 'M' + points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L');
    const drawAxes = (chart, frame) => {
      const parts = [];
      for (const [value, text] of chart.ticksUp) {
        const y = frame.y(value);
        parts.push(vector('line', { class: value === chart.bottom ? 'floor' : 'grid',
          x1: frame.left, x2: frame.right, y1: y, y2: y }));
        parts.push(vector('text', { x: frame.left - 8, y: y + 4, 'text-anchor': 'end' }, text));
      }
      const skip = chart.ticksAcross.length > 5 && frame.right - frame.left < 300 ? 2 : 1;
      chart.ticksAcross.forEach(([value, text], place) => {
        if (place % skip) return;
        const at = { x: frame.x(value), y: frame.bottom + 17, 'text-anchor': 'middle' };
        parts.push(vector('text', at, text));
      });
      for (const step of chart.switches) {
        if (step < chart.left || step > chart.right) continue;
        const x = frame.x(step);
        parts.push(vector('line', { class: 'switch', x1: x, x2: x, y1: frame.top, y2: frame.bottom },
          vector('title', {}, 'next stage')));
      }
      const middle = { x: (frame.left + frame.right) / 2, y: frame.height - 6, 'text-anchor': 'middle' };
      parts.push(vector('text', middle, chart.horizontal));
      return parts;
    };
    const drawSeries = (one, frame) => {
      const points = one.steps.map((step, place) => [frame.x(step), frame.y(one.means[place])]);
      const group = vector('g', { class: colorOf(one.style) });
      if (one.band && one.band.length > 1) {
        const upper = one.band.map(([step, , most]) => [frame.x(step), frame.y(most)]);
        const lower = one.band.map(([step, least]) => [frame.x(step), frame.y(least)]).reverse();
        group.append(vector('path', { class: 'band', d: pathOf(upper.concat(lower)) + 'Z' }));
      }
      for (const line of one.thin ?? []) {
        const thin = [];
        for (let place = 0; place < line.length; place += 2) {
          thin.push([frame.x(line[place]), frame.y(line[place + 1])]);
        }
        if (thin.length > 1) group.append(vector('path', { class: 'thin', d: pathOf(thin) }));
      }
      if (points.length > 1) {
        const dash = dashOf(one.style) || 'none';
        group.append(vector('path', { class: 'mean', d: pathOf(points), 'stroke-dasharray': dash }));
      } else if (points.length) {
        group.append(vector('circle', { class: 'dot', cx: points[0][0], cy: points[0][1], r: 4 }));
      }
      return group;
    };
    const drawNames = (shown, frame) => {
      const ends = shown.filter((one) => one.means.length)
        .map((one) => ({ one, y: frame.y(one.means[one.means.length - 1]) }))
        .sort((a, b) => a.y - b.y);
      ends.forEach((end, place) => {
        if (place > 0) end.y = Math.max(end.y, ends[place - 1].y + 15);
      });
      let floor = frame.bottom;
      for (const end of [...ends].reverse()) {
        end.y = Math.min(end.y, floor);
        floor = end.y - 15;
      }
      return ends.map(({ one, y }) => vector('g', { class: colorOf(one.style) },
        vector('text', { class: 'name', x: frame.right + 10, y: y + 4 }, shorten(one.label, 22))));
    };


    """#

  /// A chart with its legend, which is also where the values stand.
  private static let chart = #"""
    // Values come as whole numbers, in units of the last digit.
    const unpack = (chart) => {
      const unit = 10 ** chart.digits;
      for (const one of chart.series) {
        one.means = one.means.map((value) => value / unit);
        one.band = one.band?.map(([step, least, most]) => [step, least / unit, most / unit]);
        one.thin = one.thin?.map((line) => line.map((value, place) => place % 2 ? value / unit : value));
      }
      return chart;
    };
    const showChart = (chart) => {
      const figure = document.getElementById(`chart-${chart.chart}`);
      figure.querySelector('.still').hidden = true;
      const steps = [...new Set(chart.series.flatMap((one) => one.steps))].sort((a, b) => a - b);
      const number = (value) => value.toFixed(chart.digits).replace('-', '−');
      const hasBand = chart.series.some((one) => one.band);
      const plot = make('div', { class: 'plot', tabindex: '0', role: 'slider',
        'aria-label': `${chart.title}: ${chart.horizontal}`, 'aria-valuemin': steps[0] ?? 0,
        'aria-valuemax': steps[steps.length - 1] ?? 0 });
      const heading = make('th', { scope: 'col', class: 'right' });
      const head = make('tr', {}, make('td'), heading);
      if (hasBand) head.append(make('th', { scope: 'col', class: 'right' }, 'band'));
      let frame = null;
      let cursor = vector('g');
      let step = steps[steps.length - 1];
      const rows = chart.series.map((one) => {
        const box = make('input', { type: 'checkbox' });
        box.checked = true;
        const sample = vector('svg', { width: 26, height: 8, class: colorOf(one.style),
          'aria-hidden': 'true' }, vector('path', { class: 'mean', d: 'M0 4L26 4',
          'stroke-dasharray': dashOf(one.style) || 'none' }));
        const label = make('label', {}, box, sample, make('span', {},
          named(one.label), make('span', { class: 'seeds' }, one.legend.slice(one.label.length))));
        const value = make('td', { class: 'right' });
        const band = make('td', { class: 'right' });
        const row = make('tr', {}, make('th', { scope: 'row' }, label), value);
        if (hasBand) row.append(band);
        box.addEventListener('change', () => { row.classList.toggle('off', !box.checked); draw(); });
        return { one, box, row, value, band, drawn: null };
      });
      const point = () => {
        if (step === undefined || !frame) return;
        heading.textContent = `${chart.horizontal} ${step}`;
        const x = frame.x(step);
        const marks = [vector('line', { class: 'cross', x1: x, x2: x, y1: frame.top,
          y2: frame.bottom })];
        const words = [];
        for (const { one, box, value, band } of rows) {
          const place = one.steps.indexOf(step);
          const range = one.band?.find((entry) => entry[0] === step);
          value.textContent = place < 0 ? '–' : number(one.means[place]);
          band.textContent = range ? `${number(range[1])} to ${number(range[2])}` : '–';
          if (place < 0 || !box.checked) continue;
          words.push(`${one.label} ${number(one.means[place])}`);
          marks.push(vector('g', { class: colorOf(one.style) }, vector('circle',
            { class: 'dot', cx: x, cy: frame.y(one.means[place]), r: 4.5 })));
        }
        cursor.replaceChildren(...marks);
        plot.setAttribute('aria-valuenow', step);
        plot.setAttribute('aria-valuetext',
          `${chart.horizontal} ${step}: ${words.slice(0, 8).join(', ')}`);
      };
      const draw = () => {
        const width = plot.clientWidth;
        if (width < 100) return;
        frame = layout(chart, width);
        const shown = rows.filter((row) => row.box.checked);
        for (const row of rows) row.drawn = row.box.checked ? drawSeries(row.one, frame) : null;
        cursor = vector('g');
        const size = { viewBox: `0 0 ${width} ${frame.height}`, height: frame.height };
        plot.replaceChildren(vector('svg', { ...size, 'aria-hidden': 'true' },
          ...drawAxes(chart, frame), ...shown.map((row) => row.drawn),
          ...(frame.hasNames ? drawNames(shown.map((row) => row.one), frame) : []), cursor));
        point();
      };
      const highlight = (chosen) => {
        for (const row of rows) row.drawn?.classList.toggle('faded', chosen !== null && row !== chosen);
      };
      for (const row of rows) {
        row.row.addEventListener('pointerenter', () => highlight(row.box.checked ? row : null));
        row.row.addEventListener('pointerleave', () => highlight(null));
      }
      const go = (place) => {
        step = steps[Math.max(0, Math.min(steps.length - 1, place))];
        point();
      };
      const follow = (event) => {
        if (!frame) return;
        const x = event.clientX - plot.getBoundingClientRect().left;
        const distances = steps.map((one) => Math.abs(frame.x(one) - x));
        go(distances.indexOf(Math.min(...distances)));
      };
      plot.addEventListener('pointermove', follow);
      plot.addEventListener('pointerdown', follow);
      plot.addEventListener('keydown', (event) => {
        const place = steps.indexOf(step);
        const targets = { ArrowLeft: place - 1, ArrowRight: place + 1, ArrowDown: place - 1,
          ArrowUp: place + 1, PageDown: place - 5, PageUp: place + 5, Home: 0, End: steps.length };
        if (!(event.key in targets)) return;
        event.preventDefault();
        go(targets[event.key]);
      });
      const legend = make('div', { class: 'legend' }, make('table', {}, make('thead', {}, head),
        make('tbody', {}, ...rows.map((row) => row.row))));
      if (rows.length > 3) {
        const button = (text, isOn) => {
          const element = make('button', { type: 'button' }, text);
          element.addEventListener('click', () => {
            for (const row of rows) {
              row.box.checked = isOn;
              row.row.classList.toggle('off', !isOn);
            }
            draw();
          });
          return element;
        };
        legend.append(make('div', { class: 'tools' }, button('All', true), button('None', false)));
      }
      figure.append(make('div', { class: rows.length > 5 ? 'live many' : 'live' }, plot, legend));
      new ResizeObserver(draw).observe(plot);
      draw();
    };
    for (const chart of read('curves-data') ?? []) showChart(unpack(chart));

    """#
}
