/** Colours and lines of charts; also inside SVG files of their own. Series colours: Okabe and Ito (2008), made even in lightness. */
export const CHART_STYLE = `
:root{--ink:#1c2024;--soft:#5b6570;--line:#d9dee3;--paper:#fff;--s0:#0a6fb5;--s1:#d55e00;--s2:#0b8a66;--s3:#a3478f;--s4:#946200;--s5:#2f9fd0;--s6:#6b6f76;--s7:#b3282d;
--h0:#f1f5f9;--h1:#d6e6f2;--h2:#b1d2e8;--h3:#84b8da;--h4:#5196c5;--h5:#2a73a8;--h6:#124f7e;--t0:#10202e;--t1:#10202e;--t2:#10202e;--t3:#10202e;--t4:#10202e;--t5:#fff;--t6:#fff}
svg.chart{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif;color:var(--ink)}
svg.chart text{fill:currentColor}svg.chart .tick{fill:var(--soft);font-size:11.5px;font-variant-numeric:tabular-nums}
svg.chart .axis{fill:var(--soft);font-size:12px;font-weight:600}svg.chart .label{font-size:12px}
svg.chart .middle{text-anchor:middle}svg.chart .end{text-anchor:end}
.grid{stroke:var(--line);stroke-width:1;fill:none}.post{stroke:var(--soft);stroke-width:1;fill:none}
.mark{stroke:var(--paper);stroke-width:.8}.weak{opacity:.28}
.spread{stroke:var(--ink);stroke-width:1.4;fill:none;opacity:.65}.span{stroke:var(--line);stroke-width:4;fill:none;stroke-linecap:round}
.line{fill:none;stroke-width:1.8;stroke-linejoin:round}.frontier{stroke:var(--ink);stroke-width:1.5;stroke-dasharray:5 4}.dashed{stroke-dasharray:6 4}
svg.chart .hit{fill:transparent}.faint{stroke-width:.8;opacity:.16}.area{opacity:.16;stroke:none}.band{fill:var(--soft);opacity:.1}
.over{stroke:var(--paper);stroke-width:3px;paint-order:stroke}
.limit{stroke:var(--s7);stroke-width:2;fill:none}.rule{stroke:var(--ink);stroke-width:1.2;stroke-dasharray:3 3;fill:none}
svg.chart text.tick.post{fill:var(--ink);stroke:var(--paper);stroke-width:3px;paint-order:stroke;font-size:11px}
svg.chart text.cell{text-anchor:middle;font-size:11.5px;font-variant-numeric:tabular-nums}
${Array.from({ length: 8 }, (_, i) => `.s${i}{fill:var(--s${i})}.l${i}{stroke:var(--s${i})}.a${i}{fill:var(--s${i})}`).join('')}
${Array.from({ length: 7 }, (_, i) => `.h${i}{fill:var(--h${i})}`).join('')}
${Array.from({ length: 7 }, (_, i) => `svg.chart text.t${i}{fill:var(--t${i})}`).join('')}
`;

const DARK = `--ink:#e8ecf0;--soft:#a3adb8;--line:#333b44;--paper:#14181c;--card:#1b2026;--good:#4cc38a;--bad:#ff8589;--warn:#f0b44c;--goodbg:#13261d;--badbg:#2d1719;--warnbg:#2b2213;--link:#7ab8ff;
--s0:#5aa9e6;--s1:#f28c3a;--s2:#3fbf94;--s3:#d68ac6;--s4:#d9a93a;--s5:#8fd3f4;--s6:#a7adb5;--s7:#f47c7c;
--h0:#1d252d;--h1:#1c3547;--h2:#1b4865;--h3:#205f87;--h4:#2f7fb0;--h5:#5ba5d1;--h6:#9ccdec;--t0:#e8ecf0;--t1:#e8ecf0;--t2:#fff;--t3:#fff;--t4:#fff;--t5:#10202e;--t6:#10202e`;

/** Everything else on a page. */
export const PAGE_STYLE = `
:root{color-scheme:light;--card:#f6f8fa;--good:#0f7a4c;--bad:#b3282d;--warn:#8a5a00;--goodbg:#e9f6ef;--badbg:#fcebec;--warnbg:#fdf4e0;--link:#0a5ea8}
@media screen and (prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;${DARK}}}
@media screen{:root[data-theme=dark]{color-scheme:dark;${DARK}}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif}
.bar,main,footer,nav{max-width:1180px;margin:0 auto;padding:0 24px}
.bar{display:flex;justify-content:space-between;align-items:center;padding-top:14px;color:var(--soft);font-size:14px}
button,select,input{font:inherit;font-size:14px;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:6px;padding:4px 10px}
button{cursor:pointer}button:hover{border-color:var(--soft)}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
a{color:var(--link)}
article+article{margin-top:64px;padding-top:24px;border-top:1px solid var(--line)}
.verdict{margin:14px 0 20px;padding:20px 24px;border-radius:10px;background:var(--card);border-left:6px solid var(--soft)}
.verdict.good{border-color:var(--good)}.verdict.bad{border-color:var(--bad)}.verdict.warning{border-color:var(--warn)}
.kind{margin:0;color:var(--soft);font-size:14px}
h1{margin:0;font-size:18px;font-weight:600;color:var(--soft);overflow-wrap:anywhere}
.headline{margin:6px 0 0;font-size:26px;line-height:1.3;font-weight:650;overflow-wrap:anywhere;text-wrap:pretty}
.verdict ul{margin:12px 0 0;padding-left:20px}.verdict li{margin:3px 0;overflow-wrap:anywhere}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(148px,1fr));gap:12px}
.tile{padding:12px 16px;border:1px solid var(--line);border-radius:10px;border-top:3px solid var(--line)}
.tile.good{border-top-color:var(--good)}.tile.bad{border-top-color:var(--bad)}.tile.warning{border-top-color:var(--warn)}
.tile p{margin:0}.tile .name{color:var(--soft);font-size:14px;overflow-wrap:anywhere}.tile .value{font-size:26px;font-weight:650;font-variant-numeric:tabular-nums}.tile .note{color:var(--soft);font-size:14px;line-height:1.4;overflow-wrap:anywhere}
h2{font-size:20px;margin:32px 0 10px}h3{font-size:16px;margin:0}
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(420px,100%),1fr));gap:0 40px}
dl{margin:0}dl>div{padding:6px 0 6px 14px;border-left:3px solid var(--line);margin-bottom:8px}
dl>.good{border-color:var(--good)}dl>.warning{border-color:var(--warn)}dl>.bad{border-color:var(--bad)}
dt{font-weight:600;font-size:15px;overflow-wrap:anywhere}dd{margin:0;font-size:15px;overflow-wrap:anywhere}
.charts{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:0 32px;align-items:start}.charts figure{margin-bottom:28px}
figure{margin:0;min-width:0;display:grid;grid-row:span 3;grid-template-rows:subgrid;row-gap:0;align-content:start}figure.wide{grid-column:1/-1}figcaption p{margin:2px 0 8px;color:var(--soft);font-size:14px}
svg.chart{display:block;width:100%;height:auto;overflow:visible}
svg.chart [data-tip]{cursor:default}svg.chart [data-tip]:hover,svg.chart .here{opacity:1;stroke:var(--ink);stroke-width:2}
svg.chart rect.hit:hover,svg.chart rect.hit.here{fill:var(--ink);opacity:.09;stroke:none}.zoomable svg.chart .hit{cursor:crosshair}.drawing{user-select:none}
p.controls{align-items:center;font-size:14px;color:var(--soft)}
svg.chart .legend{cursor:pointer}svg.chart .legend.off{opacity:.35}svg.chart .hidden{display:none}
details{margin-top:8px;font-size:14px}summary{cursor:pointer;color:var(--link)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:14px;font-variant-numeric:tabular-nums;min-width:100%}
caption{text-align:left;font-weight:600;padding:6px 0}
th,td{padding:5px 12px 5px 0;text-align:right;border-bottom:1px solid var(--line);vertical-align:top}
thead th{color:var(--soft);font-weight:600;vertical-align:bottom}tbody th{font-weight:400}
th.words,td.words,tbody th{text-align:left}td+td.words,th+th.words{padding-left:12px}td{white-space:nowrap}td.words,tbody th{max-width:320px;overflow-wrap:break-word;white-space:normal}
th[aria-sort] {color:var(--ink)}th .sort{all:unset;cursor:pointer}th .sort:focus-visible{outline:2px solid var(--link)}
td.good,th.good,dd.good{color:var(--good)}td.bad{color:var(--bad)}td.warning{color:var(--warn)}td.quiet,th.quiet{color:var(--soft)}
.back{font-size:13px;padding:2px 8px;margin:0 0 6px}.drawing{min-width:0}.glance{margin:0 0 8px}.glance td,.glance th{font-size:15px;padding-top:7px;padding-bottom:7px}.glance caption{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden;white-space:nowrap}.glance tbody th.good{font-weight:700}.selection{fill:var(--link);fill-opacity:.15;stroke:var(--link);stroke-width:1}
.short{white-space:nowrap!important}.download{margin:8px 0 0;font-size:13px;padding:2px 8px}
.table,.said{margin-top:16px}
.controls{display:flex;flex-wrap:wrap;gap:12px;margin:0 0 16px}
fieldset{border:1px solid var(--line);border-radius:8px;display:flex;flex-wrap:wrap;gap:8px 14px;align-items:center;margin:0;padding:6px 12px 10px;min-width:0}
legend{color:var(--soft);font-size:13px;padding:0 4px}label{font-size:14px;display:inline-flex;gap:6px;align-items:center}
select{max-width:220px}input[type=number]{width:76px}output{font-size:14px;color:var(--soft)}
#tip{position:fixed;z-index:9;max-width:360px;padding:8px 12px;border-radius:8px;background:var(--ink);color:var(--paper);font-size:13px;line-height:1.4;white-space:pre-line;overflow-wrap:anywhere;pointer-events:none;font-variant-numeric:tabular-nums}
footer{padding-top:40px;padding-bottom:32px;color:var(--soft);font-size:14px}
html:not(.js) .js-only{display:none}
@media (max-width:900px){.charts{grid-template-columns:minmax(0,1fr)}}
@media (max-width:640px){.drawing{overflow-x:auto}.drawing svg.chart{min-width:480px}.wide .drawing svg.chart{min-width:900px}.bar span .js-only{display:none}.headline{font-size:21px}.bar,main,footer,nav{padding-left:14px;padding-right:14px}}
@media print{@page{margin:14mm}body{font-size:11pt}.js-only,.back,.bar,.download,summary,nav{display:none!important}main{max-width:none;padding:0}
.verdict,.tile,figure,dl>div,tr{break-inside:avoid}h2{break-after:avoid}.charts{grid-template-columns:1fr 1fr;gap:16px}.headline{font-size:18pt}.tile .value{font-size:16pt}
details{display:none}.scroll{overflow:visible}td,tbody th,.short{white-space:normal!important;overflow-wrap:break-word}table,.glance td,.glance th{font-size:7.5pt}th,td,.glance th,.glance td{padding:3px 4px 3px 0}.columns{grid-template-columns:1fr 1fr}article+article{break-before:page;border:0}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
`;
