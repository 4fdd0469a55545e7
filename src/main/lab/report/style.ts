/** The report's style sheet: nothing is loaded from anywhere; light and dark by the reader's system. */
export const STYLE = `
:root{color-scheme:light dark;--paper:#fbfaf8;--ink:#1d1c1a;--soft:#6d6a64;--line:#e2dfd9;--card:#fff;--ours:#3457c9;
--ours-soft:#3457c926;--seed:#c2571a;--hit:52,87,201;--miss:194,87,26}
@media (prefers-color-scheme:dark){:root{--paper:#141417;--ink:#eceae6;--soft:#a19d96;--line:#32323a;--card:#1c1c21;
--ours:#8ea7ff;--ours-soft:#8ea7ff33;--seed:#f2a06b;--hit:110,140,255;--miss:242,140,90}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.55 system-ui,-apple-system,"Segoe UI",sans-serif}
main{max-width:1080px;margin:0 auto;padding:40px 28px 80px}
h1{font-size:30px;line-height:1.2;letter-spacing:-.02em;margin:0 0 6px}
h2{font-size:20px;letter-spacing:-.01em;margin:52px 0 8px}
h3{font-size:15px;margin:20px 0 8px}
p{margin:6px 0 14px;max-width:74ch}
.soft,caption,.note{color:var(--soft)}
.note{font-size:13px}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
table.figures{width:100%;background:var(--card);border:1px solid var(--line);border-radius:10px;border-spacing:0;
border-collapse:separate;overflow:hidden}
table.figures th,table.figures td{padding:8px 12px;text-align:left;border-bottom:1px solid var(--line);vertical-align:middle}
table.figures tbody tr:last-child>*{border-bottom:0}
table.figures thead th{font-size:12px;font-weight:600;color:var(--soft);white-space:nowrap}
table.figures td.number{text-align:right;white-space:nowrap}
table.figures th[scope=row]{font-weight:600}
table.figures th.group{text-align:center;border-left:1px solid var(--line)}
table.figures td.first{border-left:1px solid var(--line)}
.figure{font-weight:600}.range-text{color:var(--soft);font-size:13px}
.above{color:var(--ours)}
.gap{color:var(--soft);font-size:13px}
.seedfig{color:var(--seed)}
svg{display:block;max-width:100%;height:auto}
svg.interval{width:120px;height:16px}
svg .axis,svg .grid{stroke:var(--line);stroke-width:1}
svg .range{stroke:var(--ours);stroke-width:3;stroke-opacity:.45;stroke-linecap:round}
svg .dot{fill:var(--ours)}svg .dot.best{stroke:var(--ink);stroke-width:1.5}
svg .tick{stroke:var(--seed);stroke-width:2.5}
svg .ideal{stroke:var(--soft);stroke-dasharray:4 4}
svg .seed-line{stroke:var(--seed);stroke-width:1.5;stroke-dasharray:6 4}
svg .curve{fill:none;stroke:var(--ours);stroke-width:1.75;stroke-linejoin:round}
svg .band{fill:var(--ours-soft)}
svg .tick-label{fill:var(--soft);font-size:10.5px}svg .axis-label{fill:var(--ink);font-size:11.5px}
svg.calibration{width:280px}svg.layers{width:100%;max-width:760px}
.legend{display:flex;gap:22px;flex-wrap:wrap;font-size:13px;color:var(--soft);margin:10px 0 0;align-items:center}
.legend i{display:inline-block;margin-right:7px;vertical-align:middle}
.legend .l-ours{width:16px;height:8px;border-radius:4px;background:var(--ours)}
.legend .l-seed{width:3px;height:14px;background:var(--seed)}
details{background:var(--card);border:1px solid var(--line);border-radius:10px;margin:10px 0;overflow:hidden}
summary{cursor:pointer;padding:12px 16px;display:flex;gap:14px;align-items:baseline;flex-wrap:wrap}
summary:focus-visible{outline:2px solid var(--ours);outline-offset:-2px}
summary::before{content:"▸";color:var(--soft)}details[open]>summary::before{content:"▾"}
summary b{font-size:15px}
summary .right{margin-left:auto;white-space:nowrap}
.inside{padding:2px 18px 18px;border-top:1px solid var(--line)}
.pair{display:flex;gap:36px;flex-wrap:wrap;align-items:flex-start}
.pair>*{min-width:0}
table.confusion{font-size:12px}
table.confusion caption{text-align:left;font-size:12px;padding-bottom:6px;caption-side:top}
table.confusion th{font-weight:500;padding:2px 8px 2px 0;text-align:right;white-space:nowrap}
table.confusion thead th{padding:0 0 4px;vertical-align:bottom;text-align:center}
table.confusion thead th span{writing-mode:vertical-rl;transform:rotate(180deg);display:inline-block}
table.confusion td{width:30px;height:26px;text-align:center;border:1px solid var(--paper)}
table.confusion thead td{border:0}
table.confusion td.hit{background:color-mix(in srgb,rgb(var(--hit)) var(--share),transparent)}
table.confusion td.miss{background:color-mix(in srgb,rgb(var(--miss)) var(--share),transparent)}
table.confusion td.strong{color:#fff;font-weight:600}
@media (prefers-color-scheme:dark){table.confusion td.strong{color:#101014}}
table.confusion td.sum{width:auto;padding-left:10px;color:var(--soft);border:0;white-space:nowrap;text-align:right}
.errors{columns:2;column-gap:36px;font-size:13px;margin-top:4px}
.errors section{break-inside:avoid-column;margin-bottom:14px}
.errors h4{margin:0 0 4px;font-size:13px}
.errors ol{margin:0;padding:0;list-style:none}
.errors li{display:flex;gap:8px;padding:2px 0;border-bottom:1px dotted var(--line)}
.errors a{color:var(--ours);text-decoration:none;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;min-width:0;flex:1}
.errors a:hover{text-decoration:underline}
.errors .more{color:var(--soft)}
@media (max-width:760px){.errors{columns:1}main{padding:24px 16px 60px}}
@media print{details{break-inside:avoid}}
`;
