extension ReportStyle {
    /// The bar at the top, the first screen, pictures at peaks, folds, and the bar of what an effect rests on.
    static let firstScreen = """
        html { scroll-padding-top: 3.2rem; }
        nav.bar { position: sticky; top: 0; z-index: 5; background: var(--paper); border-bottom: 1px solid var(--line); \
        display: flex; flex-wrap: wrap; gap: 0.1rem 1.2rem; padding: 0.5rem 1.5rem; align-items: baseline; } \
        nav.bar b { margin-right: auto; } nav.bar a { color: var(--soft); text-decoration: none; } \
        nav.bar a:hover, nav.bar a:focus-visible { color: var(--ink); text-decoration: underline; }
        header { padding-top: 1.1rem; } h1 { letter-spacing: -0.01em; }
        .top { display: grid; grid-template-columns: minmax(0, 1.05fr) minmax(0, 1fr); gap: 1.8rem; align-items: start; } \
        .top figure { margin: 0; } tbody th[scope="row"] { min-width: 8rem; } tbody th.n[scope="row"] { min-width: 0; }
        .answer { font-size: 1.15rem; line-height: 1.45; margin: 0.4rem 0 0.7rem; } \
        .doubt { border-left: 3px solid var(--accent); padding: 0.1rem 0 0.1rem 0.8rem; margin: 0.6rem 0; color: var(--soft); } \
        .doubt b { color: var(--ink); }
        .src { display: inline-flex; width: 5.4rem; height: 0.55rem; border: 1px solid var(--line); border-radius: 2px; \
        overflow: hidden; vertical-align: middle; } .src i { display: block; height: 100%; } .src .me { background: #b3261e; } \
        .src .si { background: #eaa59f; } .src .qu { background: repeating-linear-gradient(45deg, var(--panel) 0 3px, \
        var(--line) 3px 6px); }
        .wide { min-width: 12rem; } .small { font-size: 0.82rem; color: var(--soft); } .held { color: var(--soft); font-style: italic; }
        th [role="button"] { cursor: pointer; } \
        th [role="button"]:focus-visible { outline: 2px solid var(--link); } th [role="button"]::after { content: "\\2195"; opacity: 0.35; \
        padding-left: 0.25em; font-size: 0.8em; } th[aria-sort="ascending"] button::after { content: "\\2191"; opacity: 1; } \
        th[aria-sort="descending"] button::after { content: "\\2193"; opacity: 1; }
        th, td { padding-right: 0.65rem; } td .src { width: 3rem; }
        .peak { display: flex; flex-wrap: wrap; gap: 0.3rem 1rem; align-items: center; } \
        .peak svg.brain { flex: 53 1 20rem; min-width: 0; margin: 0; } .peak svg.brain + svg.brain { flex-grow: 38; flex-basis: 15rem; } \
        .peak text { paint-order: stroke; stroke: var(--paper); stroke-width: 2px; stroke-linejoin: round; }
        details { margin: 0.5rem 0; } summary { color: var(--link); padding: 0.15rem 0; } \
        details > summary:hover { text-decoration: underline; } \
        details.trust > summary { font-weight: 600; color: var(--ink); padding: 0.4rem 0; }
        section > .lines { margin: 0.2rem 0; } main > section > h2 { margin-top: 2.1rem; }
        @media (max-width: 860px) { .top { grid-template-columns: minmax(0, 1fr); } main, header, footer { padding-inline: 1rem; } \
        nav.bar { padding: 0.4rem 1rem; flex-wrap: nowrap; overflow-x: auto; white-space: nowrap; scrollbar-width: none; } \
        h1 { font-size: 1.4rem; } .nulls { grid-template-columns: repeat(2, minmax(0, 1fr)); } th, td { padding-right: 0.6rem; } \
        tbody th[scope="row"] { min-width: 11rem; } tbody td:not(.n):not(.nowrap) { min-width: 7rem; } \
        dl { grid-template-columns: minmax(0, 1fr); } dd { margin-bottom: 0.4rem; } \
        caption { position: sticky; left: 0; max-width: calc(100vw - 2rem); } }
        /* Letters of a plot that shrinks to a phone could not be read: it scrolls. */
        @media (max-width: 600px) { figure { overflow-x: auto; } svg.plot, svg.regions, svg.brain.many { min-width: 34rem; } }
        @media print { figure.compact { max-width: 60%; } .figures-pair .compact { flex: 1 1 45%; } @page { margin: 14mm; } nav.bar, #viewer { display: none; } header { padding-top: 0; } \
        .top { grid-template-columns: 1.05fr 1fr; gap: 1.2rem; } .nulls { grid-template-columns: repeat(4, minmax(0, 1fr)); } \
        thead { break-inside: avoid; } tbody td:not(.n):not(.nowrap) { min-width: 0; } \
        .caution { font-size: 8.5pt; padding: 0.3rem 0.7rem; margin: 0.5rem 0; max-width: none; } \
        main > section + section { break-before: page; } main > section > h2 { margin-top: 0; border: 0; } \
        .table { overflow: visible; max-width: 100%; margin: 0.5rem 0 0.7rem; } table { font-size: 7.5pt; min-width: 0; width: 100%; } \
        th, td { padding: 0.2rem 0.35rem 0.2rem 0; overflow-wrap: break-word; } .nowrap, td .small { white-space: normal; } \
        td .small { font-size: 6.5pt; } .wide, tbody th[scope="row"] { min-width: 0; } td .src { width: 2.4rem; } h1 { font-size: 16pt; } \
        .answer { font-size: 11.5pt; } figcaption, .question { font-size: 8.5pt; } \
        th [role="button"]::after { content: none; } .src { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
        """
}
