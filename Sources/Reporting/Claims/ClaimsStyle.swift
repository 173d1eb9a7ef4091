/// The claims page's style: one column to read, panels to open, light and dark, phone and paper.
enum ClaimsStyle {
    static let css = """
        :root { --for: #2f6f4e; --none: #c9d1d9; --none-ink: #28323b; --against: #a33b2a; --bar-ink: #ffffff; }
        @media (prefers-color-scheme: dark) { :root { --for: #3f8a63; --none: #45505a; --none-ink: #e6e9ec; \
        --against: #b8503d; --bar-ink: #ffffff; } }
        body.claims { font: 17px/1.55 "Source Serif 4", Georgia, "Noto Serif", "Liberation Serif", serif; }
        .claims main, .claims header, .claims footer { max-width: 54rem; padding-inline: 1.3rem; }
        .claims .sans, .claims details, .claims .who, .claims .cap, .claims .sum, .claims nav { \
        font-family: system-ui, -apple-system, "Segoe UI", "Noto Sans", "Liberation Sans", sans-serif; }
        .claims .sum { display: flex; flex-wrap: wrap; gap: 0.3rem 1.3rem; list-style: none; margin: 1rem 0 1.6rem; \
        padding: 0.6rem 0; border-block: 1px solid var(--line); color: var(--soft); font-size: 0.875rem; } \
        .claims .sum b { color: var(--ink); font-size: 1.2rem; }
        .claims article { border-top: 1px solid var(--line); padding: 1.4rem 0 1rem; display: grid; \
        grid-template-columns: minmax(0, 1fr) 8.5rem; gap: 0.4rem 1.4rem; } .claims article > div.body { grid-column: 1; } \
        .claims article > .picture { grid-column: 2; grid-row: 1; } .claims article > details { grid-column: 1 / -1; }
        .claims nav { font-size: 0.875rem; margin: 0 0 1.2rem; } .claims nav h2 { font-size: 0.95rem; border: 0; \
        margin: 0.9rem 0 0.2rem; padding: 0; } .claims nav ul { margin: 0; padding-left: 1.1rem; } \
        .claims nav .soft { white-space: nowrap; }
        .claims h2.claim { border: 0; margin: 0 0 0.5rem; padding: 0; font-size: 1.22rem; line-height: 1.4; font-weight: 500; }
        .claims h2.claim::before { content: "“"; } .claims h2.claim::after { content: "”"; }
        .claims mark { background: none; color: inherit; text-decoration: underline wavy var(--against); \
        text-decoration-thickness: 1px; text-underline-offset: 3px; }
        .claims .who { font-size: 0.82rem; color: var(--soft); margin: 0 0 0.7rem; }
        .claims .answer { margin: 0.2rem 0 0.6rem; }
        .claims .verdict { font: 600 0.85rem/1 system-ui, -apple-system, "Segoe UI", "Noto Sans", "Liberation Sans", \
        sans-serif; display: inline-block; padding: 0.38rem 0.6rem; border-radius: 4px; margin: 0 0.5rem 0.2rem 0; \
        border: 1px solid transparent; } .claims .verdict.supported { background: var(--for); color: var(--bar-ink); } \
        .claims .verdict.leaning { border-color: var(--for); } \
        .claims .verdict.undecided { background: var(--none); color: var(--none-ink); } \
        .claims .verdict.contradicted { background: var(--against); color: var(--bar-ink); } \
        .claims .verdict.not-testable { border: 1px dashed var(--soft); color: var(--soft); }
        .claims .bar { display: flex; height: 1.05rem; border-radius: 3px; overflow: hidden; margin: 0.7rem 0 0.25rem; \
        max-width: 32rem; font: 0.72rem/1.05rem system-ui, sans-serif; color: var(--bar-ink); text-align: center; } \
        .claims .bar span { overflow: hidden; white-space: nowrap; } .claims .bar .for { background: var(--for); } \
        .claims .bar .undecided { background: var(--none); color: var(--none-ink); } \
        .claims .bar .against { background: var(--against); }
        .claims .cap { font-size: 0.8rem; line-height: 1.4; color: var(--soft); margin: 0; }
        .claims details { font-size: 0.92rem; margin-top: 0.5rem; } .claims details details { margin-left: 0.2rem; } \
        .claims summary { color: var(--link); } .claims details dl { grid-template-columns: 10.5rem minmax(0, 1fr); \
        margin: 0.6rem 0; } .claims h3 { font-size: 1rem; margin: 1.2rem 0 0.3rem; }
        .claims .open::after { content: " (the data do not settle it)"; font-size: 0.75rem; color: var(--accent); font-weight: 600; }
        .claims .picture { display: grid; gap: 0.4rem; align-content: start; } \
        .claims svg.brain { width: 100%; height: auto; margin: 0; } .claims svg.defs { position: absolute; } \
        .claims svg.brain use { fill: var(--panel); stroke: var(--soft); stroke-width: 1.6; } \
        .claims svg.brain .region { stroke: none; fill-opacity: 0.9; } .claims svg.brain .supported, \
        .claims svg.brain .leaning { fill: var(--for); } .claims svg.brain .undecided { fill: var(--soft); } \
        .claims svg.brain .contradicted { fill: var(--against); } \
        .claims svg.brain .not-testable { fill: none; stroke: var(--soft); stroke-width: 2.4; stroke-dasharray: 5 4; }
        .claims .vh { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); \
        white-space: nowrap; }
        .claims .yes { color: var(--for); font-weight: 600; } .claims .no { color: var(--against); font-weight: 600; }
        @media (max-width: 640px) { .claims article { grid-template-columns: minmax(0, 1fr); } \
        .claims article > .picture { grid-column: 1; grid-row: auto; grid-template-columns: 6rem 6rem; } \
        .claims details dl { grid-template-columns: minmax(0, 1fr); gap: 0.1rem; } .claims dd { margin: 0 0 0.5rem; } \
        .claims .wideplot { overflow-x: auto; } .claims .wideplot svg { min-width: 620px; } }
        @media print { html { font-size: 12px; } body.claims { font-size: 10.5pt; } \
        .claims summary { list-style: none; font-weight: 600; } .claims summary::-webkit-details-marker { display: none; } \
        .claims article { break-inside: auto; } .claims .body, .claims .picture { break-inside: avoid; } \
        .claims .bar span, .claims .verdict { border: 1px solid #000; color: #000 !important; background: #fff !important; } \
        .claims .bar { height: auto; } .claims svg.brain use { fill: none; stroke: #444; } \
        .claims details.deep { display: none; } .claims summary { color: #000; } }
        """
}
