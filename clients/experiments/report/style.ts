// The look of a report: light and dark, narrow and wide, screen and paper.

/** Distinguishable without red against green; each readable on both backgrounds. */
const COLORS = ['#3b76c4', '#e0a030', '#5aa9a0', '#b0568f', '#8a8f98', '#7b6fc9', '#c4663b', '#4f9a5b', '#a58a5f', '#5bb5dd'];

export const STYLE = `
:root { --ink: #1c2430; --soft: #5a6573; --paper: #ffffff; --panel: #f4f6f8; --line: #d5dae1; --pass: #1b6e3c; --fail: #b3261e; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e8ee; --soft: #a3adba; --paper: #14181e; --panel: #1e242c; --line: #38414d; --pass: #6fcf97; --fail: #ff8a80; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 68rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0.5rem 0; }
h2 { font-size: 1.2rem; margin: 2rem 0 0.5rem; border-bottom: 1px solid var(--line); }
.lead { color: var(--soft); }
.aside { background: var(--panel); border-left: 4px solid var(--soft); padding: 0.6rem 0.8rem; }
.verdict a { display: inline-block; padding: 0.3rem 0.7rem; border: 2px solid currentcolor; border-radius: 0.4rem; color: inherit; font-weight: 600; text-decoration: none; }
.pass { color: var(--pass); }
.fail { color: var(--fail); font-weight: 700; }
.scroll { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; width: 100%; font-size: 0.9rem; }
caption { text-align: left; color: var(--soft); padding: 0.3rem 0; }
th, td { text-align: left; padding: 0.3rem 0.6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
th { background: var(--panel); }
.figure { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
figure { margin: 1rem 0 2rem; }
figcaption { color: var(--soft); margin-bottom: 0.5rem; }
.label, .axis { display: flex; justify-content: space-between; gap: 1rem; font-size: 0.9rem; }
.axis { color: var(--soft); font-size: 0.8rem; }
svg { display: block; width: 100%; background: var(--panel); }
.bar { height: 26px; margin-bottom: 0.8rem; }
.bar rect { stroke: var(--paper); stroke-width: 1; vector-effect: non-scaling-stroke; }
.track { height: 18px; margin-bottom: 0.3rem; }
.histogram { height: 80px; border-bottom: 1px solid var(--soft); }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(18rem, 100%), 1fr)); gap: 1.2rem; }
.legend { display: flex; flex-wrap: wrap; gap: 0.3rem 1rem; list-style: none; padding: 0; margin: 0; font-size: 0.85rem; }
.legend i { display: inline-block; width: 0.9em; height: 0.9em; margin-right: 0.4em; vertical-align: -0.1em; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.2rem 1rem; font-size: 0.9rem; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
pre { background: var(--panel); padding: 0.8rem; font-size: 0.8rem; }
${COLORS.map((color, at) => `.c${at} { fill: ${color}; background: ${color}; }`).join('\n')}
@media print {
  :root { --ink: #000; --soft: #444; --paper: #fff; --panel: #f4f6f8; --line: #bbb; --pass: #1b6e3c; --fail: #b3261e; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  main { max-width: none; padding: 0; }
  body { font-size: 11px; }
  .scroll { overflow: visible; }
  figure, tr, .small { break-inside: avoid; }
  h2 { break-after: avoid; }
}
@media (max-width: 30rem) { th, td { padding: 0.25rem 0.4rem; } table { font-size: 0.8rem; } dl { grid-template-columns: 1fr; } dd { margin-bottom: 0.4rem; } }
`;
