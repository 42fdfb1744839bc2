/** The style of the page that shows shared conversations. Dark and light as the reader's system is; colour for state only. */
export const PAGE_STYLE = `
:root{color-scheme:dark light;--bg:#0f1115;--panel:#171a21;--line:#2a2f3a;--text:#e6e8ec;--dim:#9aa3b2;--red:#ff7a70;--mine:#1f2b3d;--bar:#5b8def}
@media (prefers-color-scheme:light){:root{--bg:#f5f6f8;--panel:#fff;--line:#d5d9e0;--text:#1b1f27;--dim:#566072;--red:#b3261e;--mine:#e6eefb;--bar:#2f62c9}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--text);font:14px/1.5 system-ui,sans-serif}
#root{display:grid;grid-template:auto minmax(0,1fr) auto/minmax(0,1.2fr) minmax(0,1fr);height:100vh;gap:8px;padding:8px}
header,footer{grid-column:1/-1}
header,section,footer{background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:8px 12px}
section{overflow:auto;min-height:0}
h1{margin:0;font-size:16px;overflow-wrap:anywhere}
h2{margin:12px 0 4px;font-size:13px}
h2:first-child{margin-top:0}
p{margin:2px 0}
.dim{color:var(--dim);font-size:12px}
.bad{color:var(--red)}
.turn{padding:4px 0;border-top:1px solid var(--line)}
.said{white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:isolate;margin:4px 0;padding:6px 10px;border:1px solid var(--line);border-radius:6px}
.said[data-role=user]{background:var(--mine);margin-right:15%}
.said[data-role=assistant]{margin-left:15%}
.said[data-type^=tool],.said[data-role=tool],.said[data-type=other],.said[data-type=reasoning]{font:12px/1.5 ui-monospace,monospace;color:var(--dim);max-height:180px;overflow:auto}
.said[data-now]{outline:2px solid var(--bar)}
.said b{display:block;font:600 11px system-ui,sans-serif;color:var(--dim)}
.wait{text-align:center}
details{font-size:12px}
summary{cursor:pointer}
details[open]{margin-bottom:8px;padding-bottom:6px;border-bottom:1px solid var(--line)}
pre{margin:2px 0;padding:6px 8px;border:1px solid var(--line);border-radius:4px;max-height:260px;overflow:auto;white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:isolate}
.row{display:grid;grid-template-columns:minmax(0,45%) minmax(0,1fr) 64px;gap:8px;align-items:center;font-size:12px}
.name{overflow:hidden;text-overflow:ellipsis;white-space:nowrap;unicode-bidi:isolate}
.lane{position:relative;height:12px;border-left:1px solid var(--line)}
.lane i{position:absolute;top:2px;height:8px;min-width:2px;background:var(--bar);border-radius:2px}
.lane i[data-failed]{background:var(--red)}
.ms{text-align:right;color:var(--dim)}
dl{display:grid;grid-template-columns:auto minmax(0,1fr);gap:2px 12px;margin:0;font-size:12px}
dt{color:var(--dim)}
dd{margin:0;overflow-wrap:anywhere}
footer{display:flex;gap:8px;align-items:center}
footer input{flex:1;min-width:0}
button,select{font:inherit;color:inherit;background:var(--bg);border:1px solid var(--line);border-radius:4px;padding:3px 10px;max-width:100%}
:focus-visible{outline:2px solid var(--bar);outline-offset:1px}
@media (max-width:760px){#root{grid-template:auto minmax(0,1fr) minmax(0,1fr) auto/1fr}section{grid-column:1}}
`;
