/** How pages look: in the light and in the dark, on a phone and on paper. No font is fetched. */
export const style = `
:root{color-scheme:light dark;--ink:light-dark(#1b1f24,#e6e9ed);--soft:light-dark(#59636e,#9aa4b0);
--paper:light-dark(#fff,#14171b);--raised:light-dark(#f6f7f9,#1c2026);--line:light-dark(#dde1e6,#2f353d);
--link:light-dark(#0b5cad,#7db8f5);--get:light-dark(#0b5cad,#7db8f5);--post:light-dark(#17703a,#6fcf8f);
--patch:light-dark(#8a5300,#e5b567);--delete:light-dark(#b3261e,#f28b82)}
*{box-sizing:border-box}
html{scroll-padding-top:1rem}
body{margin:0;font:1rem/1.55 system-ui,sans-serif;color:var(--ink);background:var(--paper);overflow-wrap:break-word}
a{color:var(--link)}
code,.path{font:.875em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.page{max-width:76rem;margin:0 auto;padding:2rem 1.25rem 4rem}
h1{font-size:1.75rem;line-height:1.2;margin:0 0 .25rem}
h2{font-size:1.25rem;line-height:1.3;margin:2.5rem 0 .75rem}
main>section:first-child>h2{margin-top:1rem}
h3{font-size:.8125rem;letter-spacing:.02em;color:var(--soft);margin:1.25rem 0 .25rem}
p{margin:.5rem 0}
.soft{color:var(--soft)}
nav ul{list-style:none;margin:0;padding:0}
nav a{display:block;padding:.3rem 0;text-decoration:none}
nav a:hover{text-decoration:underline}
nav summary{padding:.5rem 0;font-weight:600}
.count{color:var(--soft);font-size:.8125rem}
details.operation{border:1px solid var(--line);border-radius:.5rem;margin:.5rem 0;background:var(--paper)}
details.operation[open]{background:var(--raised)}
details.operation:target{outline:2px solid var(--link)}
summary{cursor:pointer}
details.operation>summary{display:grid;grid-template-columns:4.25rem minmax(0,1fr) auto;gap:0 .5rem;padding:.6rem .9rem;align-items:baseline;list-style:none}
details.operation>summary::-webkit-details-marker{display:none}
details.operation>summary::after{content:"+";grid-area:1/3;color:var(--soft);font-weight:700}
details.operation[open]>summary::after{content:"\\2212"}
details.operation>summary:hover .path{text-decoration:underline}
summary:focus-visible,a:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.method{font-weight:700;font-size:.8125rem}
.get{color:var(--get)}.post{color:var(--post)}.patch,.put{color:var(--patch)}.delete{color:var(--delete)}
.path{overflow-wrap:anywhere}
.says{grid-column:2;color:var(--soft);font-size:.9375rem}
.inside{padding:0 .9rem .9rem;border-top:1px solid var(--line)}
.table{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9375rem}
th,td{text-align:left;vertical-align:top;padding:.35rem .75rem .35rem 0;border-top:1px solid var(--line)}
th{font-weight:600;white-space:nowrap}
thead th{color:var(--soft);font-size:.8125rem;border-top:0}
.needed{color:var(--soft);font-size:.8125rem;font-weight:400}
ul.errors{margin:.25rem 0;padding-left:1.1rem}
.state{display:inline-block;padding:.1rem .6rem;border-radius:1rem;border:1px solid currentColor;font-size:.875rem;font-weight:600}
.ready{color:var(--post)}.degraded{color:var(--patch)}.unavailable{color:var(--delete)}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.35rem 1.25rem;margin:1.25rem 0}
dt{color:var(--soft)}dd{margin:0}
.small{max-width:34rem}
@media screen and (max-width:61.99rem){nav>details:not([open])+ul{display:none}}
@media (min-width:62rem){nav>details{display:none}
.beside{display:grid;grid-template-columns:15rem minmax(0,1fr);gap:2.5rem}
.beside>nav{position:sticky;top:0;align-self:start;max-height:100vh;overflow-y:auto;padding:1rem 0}}
@media (max-width:40rem){.page{padding-top:1.25rem}
thead{display:none}
table,tbody,tr,th,td{display:block}
tr{border-top:1px solid var(--line);padding:.35rem 0}
th,td{border-top:0;padding:0;white-space:normal}}
@media print{nav{display:none}}
`
