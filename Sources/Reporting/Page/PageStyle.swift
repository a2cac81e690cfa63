/// The page's style sheet: one column, light and dark after the reader's system, wide tables in frames
/// that scroll, so that a phone of 360 points shows everything.
enum PageStyle {
  static let text = colors + document + tables + curves + panel + paper

  /// Line colours after Okabe & Ito (2008), darker or lighter where the ground asks for it. `k0` is the
  /// baseline.
  private static let colors = """

    :root { color-scheme: light dark;
      --ground: #ffffff; --raised: #f6f8fa; --ink: #1f2328; --soft: #57606a; --rule: #d0d7de;
      --link: #0b5cad; --focus: #0b5cad; --good: #00664a; --bad: #a34300; --mark: #fff3d1; --shade: #0003;
      --grid: #e6e9ed; }
    .k0 { --line: #24292f } .k1 { --line: #0072b2 } .k2 { --line: #b34f00 } .k3 { --line: #007a59 }
    .k4 { --line: #a3497b } .k5 { --line: #946600 } .k6 { --line: #1b78ad }
    @media (prefers-color-scheme: dark) {
      :root { --ground: #0e1116; --raised: #181d24; --ink: #e6edf3; --soft: #9aa5b1;
        --rule: #343c46; --link: #6cb6ff; --focus: #6cb6ff; --good: #4fd1a5; --bad: #ff9d5c;
        --mark: #3a2f12; --shade: #fff4; --grid: #252c35; }
      .k0 { --line: #f0f3f6 } .k1 { --line: #58b0f0 } .k2 { --line: #f5873d }
      .k3 { --line: #35c795 } .k4 { --line: #e79ac4 } .k5 { --line: #f0b429 }
      .k6 { --line: #8fd0f7 }
    }
    """

  private static let document = """

    * { box-sizing: border-box }
    body { margin: 0 auto; padding: 1.25rem 1rem 4rem; max-width: 72rem; background: var(--ground);
      color: var(--ink); font: 1rem/1.5 system-ui, "Segoe UI", Helvetica, Arial, sans-serif;
      overflow-wrap: break-word }
    h1 { font-size: 1.8rem; line-height: 1.2; margin: 0 0 .5rem }
    h2 { font-size: 1.3rem; margin: 2.5rem 0 .75rem; padding-bottom: .3rem;
      border-bottom: 1px solid var(--rule) }
    h3 { font-size: 1.05rem; margin: 1.5rem 0 .5rem }
    p, ul, ol { margin: .6rem 0; max-width: 70ch } li { margin: .2rem 0 }
    a { color: var(--link) }
    :focus-visible { outline: 2px solid var(--focus); outline-offset: 2px }
    .question { font-size: 1.15rem; font-weight: 600 }
    .source, .caption, .hint, .footnotes { color: var(--soft); font-size: .9rem }
    .caution { padding: .6rem .9rem; border-left: 4px solid var(--soft); background: var(--raised) }
    nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: .5rem 0;
      border-block: 1px solid var(--rule) }
    nav a { text-decoration: none } nav a:hover { text-decoration: underline }
    pre { background: var(--raised); border: 1px solid var(--rule); border-radius: 6px;
      padding: .7rem .9rem; overflow-x: auto }
    code { font: .92em/1.4 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace }
    details { border: 1px solid var(--rule); border-radius: 6px; margin: .5rem 0; padding: 0 .9rem }
    summary { cursor: pointer; padding: .55rem 0 } summary bdi { font-weight: 600 }
    details[open] { padding-bottom: .8rem }
    button, input, select { font: inherit; color: inherit; background: var(--raised);
      border: 1px solid var(--rule); border-radius: 6px; padding: .25rem .6rem }
    button { cursor: pointer } button:hover { border-color: var(--soft) }
    """

  private static let tables = """

    .scroll { overflow-x: auto; max-width: 100%; margin: .6rem 0;
      background: linear-gradient(to left, var(--ground) 40%, transparent) right / 2rem 100%
        no-repeat local,
        linear-gradient(to left, var(--shade), transparent) right / .8rem 100% no-repeat }
    table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .95rem }
    th, td { padding: .35rem .7rem; border-bottom: 1px solid var(--rule); vertical-align: top;
      text-align: left }
    td { white-space: nowrap }
    thead th { border-bottom: 2px solid var(--soft); vertical-align: bottom; font-weight: 600;
      min-width: 4.5rem }
    .right { text-align: right }
    tbody th { font-weight: 400; position: sticky; left: 0; background: var(--ground);
      max-width: 45vw; min-width: 3rem }
    details tbody th { background: var(--ground) }
    .emphasized th, .emphasized td { font-weight: 650 }
    td.left { white-space: normal }
    sup { line-height: 0; margin-left: .1em } sup a { text-decoration: none }
    .cell { color: inherit; text-decoration: underline dotted var(--soft);
      text-underline-offset: .25em }
    .cell:hover { color: var(--link); text-decoration-style: solid }
    .verdict-better, .verdict-supported { color: var(--good); font-weight: 600 }
    .verdict-worse, .verdict-contradicted { color: var(--bad); font-weight: 600 }
    .left[class*="verdict-"] { white-space: nowrap }
    .verdict-better::before { content: "\\25B2\\00A0" }
    .verdict-worse::before { content: "\\25BC\\00A0" }
    .verdict-supported::before { content: "\\2713\\00A0" }
    .verdict-contradicted::before { content: "\\2717\\00A0" }
    .verdict-undecided::before { content: "?\\00A0" }
    .footnotes { padding-left: 1.6rem } :target { background: var(--mark) }
    #claims-table tbody th { min-width: 12rem } #claims-table td:last-child { min-width: 13rem }
    #claims-table td:nth-child(3), #claims-table td:nth-child(4) { white-space: normal }
    #claims-table td:nth-child(3) { min-width: 10.5rem }
    .sort { border: 0; background: none; padding: 0; font-weight: inherit; text-align: inherit;
      border-radius: 2px }
    .sort::after { content: "\\2195"; color: var(--soft); margin-left: .3em; font-weight: 400 }
    [aria-sort="ascending"] .sort::after { content: "\\2191"; color: var(--ink) }
    [aria-sort="descending"] .sort::after { content: "\\2193"; color: var(--ink) }
    .filter { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; font-size: .9rem;
      color: var(--soft) }
    .filter input { color: var(--ink); min-width: 0; width: 14rem; max-width: 100% }
    """

  private static let curves = """

    figure { margin: 1rem 0 2rem } figcaption { margin-bottom: .4rem }
    figcaption .caption { display: block }
    .still { overflow-x: auto } .still svg { max-width: 100%; min-width: 640px; height: auto }
    .live { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: flex-start }
    .plot { flex: 1 1 32rem; min-width: 0; max-width: 100%; touch-action: pan-y; cursor: crosshair }
    .plot svg { display: block; width: 100% }
    .plot text { fill: var(--soft); font-size: 12px }
    .plot .name { fill: var(--line); font-weight: 600 }
    .grid { stroke: var(--grid) } .floor, .switch { stroke: var(--soft) }
    .switch { stroke-dasharray: 4 4; opacity: .7 }
    .cross { stroke: var(--ink); stroke-width: 1 }
    .mean { fill: none; stroke: var(--line); stroke-width: 2.4; stroke-linejoin: round }
    .k0 .mean { stroke-width: 3.2 }
    .thin { fill: none; stroke: var(--line); stroke-width: .9; opacity: .4 }
    .band { fill: var(--line); opacity: .13 } .many .band { opacity: .05 }
    .dot { fill: var(--line); stroke: var(--ground); stroke-width: 1.5 }
    .faded { opacity: .15 }
    .legend { flex: 0 1 24rem; max-width: 100%; max-height: 24rem; overflow: auto }
    .legend table { font-size: .9rem; width: 100% } .legend th, .legend td { padding: .2rem .5rem }
    .legend thead th { min-width: 0 } .legend thead th { white-space: nowrap }
    .legend label { display: flex; gap: .4rem; cursor: pointer; align-items: flex-start }
    .legend input { margin: .3em 0 0; flex: none }
    .legend svg { flex: none; margin-top: .45em } .legend tbody th { max-width: 16rem }
    .seeds { color: var(--soft); white-space: nowrap; font-size: .9em; display: block }
    .off td, .off label span { opacity: .45 }
    .tools { display: flex; flex-wrap: wrap; gap: .4rem; margin-top: .4rem; font-size: .85rem }
    """

  private static let panel = """

    dialog { width: min(60rem, 100vw - 1rem); max-width: none; max-height: calc(100vh - 1rem);
      color: var(--ink); background: var(--ground); border: 1px solid var(--rule);
      border-radius: 8px; padding: 0; overflow: auto }
    .inside { padding: 0 1rem 1rem }
    dialog::backdrop { background: rgb(0 0 0 / .5) }
    dialog h2 { border: 0; margin: 0; padding: 0; font-size: 1.15rem }
    dialog .bar { display: flex; gap: 1rem; justify-content: space-between;
      align-items: flex-start; position: sticky; top: 0; padding: .7rem 0;
      background: var(--ground); z-index: 1 }
    dialog .figure { font-size: 1.3rem; font-variant-numeric: tabular-nums; margin: .2rem 0 }
    .digest { font: .82rem/1.4 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace;
      overflow-wrap: anywhere; min-width: 9rem; white-space: normal }
    .hole { color: var(--bad); white-space: normal }
    """

  private static let paper = """

    @media (max-width: 30rem) {
      body { padding: 1rem .75rem 3rem } h1 { font-size: 1.45rem }
      th, td { padding: .3rem .45rem } table { font-size: .88rem }
      details { padding: 0 .6rem } .legend { flex-basis: 100% }
      .legend td { white-space: normal } .legend th, .legend td { padding: .2rem .3rem }
      #claims-table tbody th { min-width: 9rem }
    }
    @media print {
      body { max-width: none; padding: 0 } nav, .filter, .tools, .sort::after { display: none }
      .scroll { overflow: visible } tr, figure { break-inside: avoid }
    }

    """
}
