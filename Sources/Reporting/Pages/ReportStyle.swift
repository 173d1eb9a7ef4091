/// The report's style sheet: one column, system fonts, light and dark, and paper.
enum ReportStyle {
    /// All of it.
    static var css: String { base + "\n" + firstScreen }

    private static let base = """
        :root { color-scheme: light dark; --ink: #1c2024; --soft: #5a6370; --paper: #ffffff; --panel: #f4f6f8; \
        --line: #d4dae0; --link: #0b57a4; --accent: #9a3412; --caution: #fdf3e4; --caution-line: #c2690a; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --soft: #a3adb8; --paper: #14171a; \
        --panel: #1d2226; --line: #39424a; --link: #7db8f5; --accent: #f4a261; --caution: #2d2417; \
        --caution-line: #d98a2b; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--paper); color: var(--ink); line-height: 1.55; \
        font-family: system-ui, -apple-system, "Segoe UI", "Noto Sans", "Liberation Sans", sans-serif; }
        main, header, footer { max-width: 74rem; margin: 0 auto; padding: 0 1.5rem; }
        header { padding-top: 2.5rem; } footer { padding-bottom: 3rem; color: var(--soft); font-size: 0.875rem; }
        h1 { font-size: 1.9rem; line-height: 1.2; margin: 0.2rem 0 0.4rem; }
        h2 { font-size: 1.35rem; margin: 2.8rem 0 0.7rem; padding-top: 0.6rem; border-top: 1px solid var(--line); }
        h3 { font-size: 1.08rem; margin: 1.8rem 0 0.5rem; }
        p, li, dd { max-width: 46rem; } a { color: var(--link); }
        .kind { color: var(--soft); font-size: 0.9rem; margin: 0; }
        .question { font-size: 1.15rem; color: var(--soft); margin: 0 0 1rem; }
        nav { font-size: 0.92rem; }
        .caution { background: var(--caution); border-left: 4px solid var(--caution-line); padding: 0.7rem 1rem; \
        margin: 1rem 0; max-width: 48rem; } .caution p { margin: 0.2rem 0; }
        .tag { display: inline-block; border: 1px solid var(--caution-line); color: var(--accent); border-radius: 3px; \
        padding: 0 0.4em; font-size: 0.78rem; font-weight: 600; letter-spacing: 0.02em; vertical-align: middle; }
        .table { overflow-x: auto; margin: 1rem 0 1.5rem; } .table:focus-visible { outline: 2px solid var(--link); }
        table { border-collapse: collapse; font-size: 0.875rem; min-width: 100%; }
        caption { text-align: left; font-weight: 600; padding: 0 0 0.45rem; }
        th, td { text-align: left; padding: 0.32rem 1rem 0.32rem 0; vertical-align: top; \
        border-bottom: 1px solid var(--line); }
        thead th { border-bottom: 2px solid var(--soft); vertical-align: bottom; } tbody th { font-weight: 500; }
        th.n, td.n { text-align: right; font-variant-numeric: tabular-nums; } td.n { white-space: nowrap; }
        pre { overflow-x: auto; } .nowrap { white-space: nowrap; } .soft { color: var(--soft); }
        figure { margin: 1.2rem 0 1.6rem; } figcaption { font-size: 0.875rem; color: var(--soft); max-width: 48rem; }
        svg.brain { width: 100%; height: auto; display: block; margin: 0 auto 0.5rem; color: var(--ink); }
        svg.brain text { fill: currentColor; font-family: inherit; } svg.brain .depth { font-size: 11px; }
        svg.brain .side { font-size: 12px; font-weight: 700; } svg.brain .tick { font-size: 11px; }
        .nulls { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 0.4rem 0.8rem; } \
        svg.null { width: 100%; height: auto; color: var(--ink); } svg.null text { fill: currentColor; font-size: 10px; } \
        svg.null .name { font-size: 11px; font-weight: 600; } svg.null .bar { fill: currentColor; opacity: 0.28; } \
        svg.null .axis { stroke: currentColor; stroke-width: 0.7; } svg.null .observed { stroke: var(--accent); \
        stroke-width: 2; } svg.null .threshold { stroke: currentColor; stroke-width: 1.3; stroke-dasharray: 4 3; }
        svg.plot { width: 100%; height: auto; display: block; color: var(--ink); } svg.plot text { fill: currentColor; \
        font-size: 11px; font-variant-numeric: tabular-nums; } svg.plot .head { font-weight: 600; } \
        svg.plot text.soft { fill: var(--soft); } svg.plot .axis { stroke: currentColor; stroke-width: 0.8; } \
        svg.plot .rule { stroke: var(--line); stroke-width: 1; } svg.plot .zero { stroke: currentColor; stroke-width: 0.8; } \
        svg.plot .threshold { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 4 3; } \
        svg.plot .interval { stroke: currentColor; stroke-width: 1.1; } svg.plot .mark { fill: var(--link); \
        stroke: var(--link); stroke-width: 1.2; } svg.plot .open { fill: var(--paper); } \
        svg.plot .pooled { fill: var(--accent); } svg.plot .subtotal { fill: var(--accent); opacity: 0.55; } \
        svg.plot .prediction { stroke: var(--accent); stroke-width: 3; } \
        svg.plot .funnel { fill: var(--panel); stroke: var(--line); } \
        svg.plot .cloud { stroke: var(--link); stroke-width: 3; stroke-linecap: round; opacity: 0.4; } \
        svg.plot .fit { fill: none; stroke: var(--accent); stroke-width: 1.6; } \
        svg.plot .band { fill: var(--accent); opacity: 0.16; } svg.plot .bubble { fill: var(--link); fill-opacity: 0.5; \
        stroke: var(--link); } svg.plot .bubble.open { fill: var(--paper); fill-opacity: 0.7; } \
        svg.plot .lost { fill: var(--caution); } svg.plot .bar { fill: var(--accent); opacity: 0.7; } \
        svg.plot .light { fill: var(--link); opacity: 0.4; } \
        svg.plot .frame { fill: none; stroke: var(--soft); stroke-width: 0.8; } \
        svg.plot .contour { fill: var(--ink); } svg.plot .c1 { fill-opacity: 0.04; } svg.plot .c2 { fill-opacity: 0.07; } \
        svg.plot .c3 { fill-opacity: 0.12; } svg.plot .inner { fill: var(--paper); } \
        svg.plot .pseudo { fill: none; stroke: var(--soft); stroke-width: 1; stroke-dasharray: 2 3; } \
        svg.plot .near { fill: var(--link); } svg.plot .heat { fill: var(--accent); } svg.plot .h0 { fill-opacity: 0.04; } \
        svg.plot .h1 { fill-opacity: 0.13; } svg.plot .h2 { fill-opacity: 0.24; } svg.plot .h3 { fill-opacity: 0.36; } \
        svg.plot .h4 { fill-opacity: 0.5; } svg.plot rect.lost-frame { fill: none; stroke: currentColor; stroke-width: 1.4; } \
        svg.plot .trunk { stroke: var(--accent); stroke-width: 5; opacity: 0.75; } \
        svg.plot .twig { stroke: var(--accent); stroke-width: 1.4; } \
        svg.plot .fine { fill: none; stroke-dasharray: 5 3; } svg.plot .cool { fill: var(--link); } \
        svg.plot .light-low { fill: #3b9c5f; } svg.plot .light-some { fill: #e0b43c; } \
        svg.plot .light-high { fill: #c8473a; } svg.plot text.sign { font-weight: 700; } \
        svg.plot .person { fill: none; stroke: var(--link); stroke-width: 1.3; } \
        svg.plot .against { stroke: var(--soft); stroke-dasharray: 4 3; } svg.plot .thick { stroke-width: 3; } \
        svg.plot .tiny { font-size: 8.5px; fill: var(--soft); }
        .trust { border: 1px solid var(--line); border-radius: 4px; padding: 0.3rem 1.2rem 0.8rem; margin: 1.1rem 0; } \
        .trust h4 { font-size: 1rem; margin: 0.6rem 0; } .trust .class { display: inline-block; border: 1px solid var(--soft); \
        border-radius: 3px; padding: 0 0.45em; font-size: 0.78rem; font-weight: 600; color: var(--soft); } \
        summary { cursor: pointer; } .trust figure { flex: 1 1 22rem; }
        .figures-pair { display: flex; flex-wrap: wrap; gap: 1rem; } .figures-pair figure { flex: 1 1 26rem; margin: 0.4rem 0; }
        .methods { background: var(--panel); border: 1px solid var(--line); border-radius: 4px; padding: 0.4rem 1.2rem; \
        max-width: 50rem; user-select: all; -webkit-user-select: all; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.25rem 1.2rem; font-size: 0.92rem; }
        dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
        code { font-family: ui-monospace, "SFMono-Regular", "DejaVu Sans Mono", monospace; font-size: 0.86em; \
        overflow-wrap: anywhere; }
        svg.regions { width: 100%; height: auto; display: block; color: var(--ink); } \
        svg.regions text { fill: currentColor; font-size: 12px; font-variant-numeric: tabular-nums; } \
        svg.regions .head { font-weight: 700; } svg.regions .soft { fill: var(--soft); } \
        svg.regions .grid { stroke: var(--line); stroke-width: 0.7; stroke-dasharray: 2 3; } \
        svg.regions .rule { stroke: var(--line); stroke-width: 1; } \
        svg.regions .zero { stroke: currentColor; stroke-width: 1; } \
        svg.regions .interval { stroke: var(--link); stroke-width: 2; } \
        svg.regions .cross { stroke: var(--accent); stroke-width: 2; } \
        svg.regions .dot { fill: var(--link); stroke: var(--link); stroke-width: 1.6; } \
        svg.regions .open { fill: var(--paper); } \
        svg.regions .hypothesis { stroke: var(--accent); stroke-width: 2; } svg.regions .tip { fill: var(--accent); }
        ul.notices { padding-left: 1.1rem; } ul.notices li { margin: 0.4rem 0; } .severity { font-weight: 600; }
        @media print { :root { color-scheme: light; --ink: #000; --soft: #444; --paper: #fff; --panel: #fff; \
        --line: #bbb; --link: #000; --accent: #000; --caution: #fff; --caution-line: #000; } \
        body { font-size: 10pt; } main, header, footer { max-width: none; padding: 0; } \
        figure, tr, .caution { break-inside: avoid; } h2, h3, caption { break-after: avoid; } \
        details::details-content { content-visibility: visible; } thead { display: table-header-group; } }
        """
}
