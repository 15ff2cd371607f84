// Draw formulas with MathJax; formulas.py runs this as
//
//     node draw_formulas.cjs MATHJAX
//
// MATHJAX is the folder of MathJax's es5 files. Standard input is a JSON list of [TeX, whether
// it is a display formula]; standard output gets {styles, formulas, errors}.

const { readFileSync } = require("node:fs");
const path = require("node:path");

async function main() {
  const mathJax = require(path.resolve(process.argv[2], "node-main.js"));
  const { tex2svgPromise, startup, svgStylesheet } = await mathJax.init({
    loader: { load: ["input/tex", "output/svg", "a11y/assistive-mml"] },
    tex: { packages: { "[-]": ["noundefined", "noerrors"] } }, // report errors instead of drawing them
    svg: { fontCache: "none" }, // no shared ids, so that the PDF can join pages
  });
  const formulas = [];
  const errors = [];
  for (const [tex, display] of JSON.parse(readFileSync(0, "utf8"))) {
    const drawn = startup.adaptor.outerHTML(await tex2svgPromise(tex, { display }));
    const [, error] = drawn.match(/data-mjx-error="([^"]*)"/) ?? [];
    if (error) errors.push(`${tex}: ${error}`);
    formulas.push(drawn);
  }
  const styles = startup.adaptor.textContent(svgStylesheet());
  process.stdout.write(JSON.stringify({ styles, formulas, errors }));
}

main();
