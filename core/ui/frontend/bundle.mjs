// Bundles a component into core/ui/assets: one script and the licences of what is inside.
// The banner holds the hash of all sources, so that a test can tell a stale bundle.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";

const LINE = `\n${"-".repeat(80)}\n\n`;

function banner() {
  const own = ["build.mjs", "package.json", "package-lock.json", ...readdirSync("src").sort().map((name) => `src/${name}`)];
  const hash = createHash("sha256");
  for (const file of ["../bundle.mjs", ...own]) hash.update(file).update("\0").update(readFileSync(file)).update("\0");
  return `/* sources ${hash.digest("hex")} */`;
}

function licence(name) {
  const about = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8"));
  const file = readdirSync(`node_modules/${name}`).find((each) => /^licen[cs]e/i.test(each));
  return `${name} ${about.version} (${about.license})\n\n${file ? readFileSync(`node_modules/${name}/${file}`, "utf8").trim() : ""}\n`;
}

/** Writes `<name>.js` (and `.css` where a style is imported) and `<name>.LICENSES.txt`; `more`: further licence texts. */
export async function bundle(build, name, entry, { options = {}, more = [] } = {}) {
  const out = `../../assets/${name}`;
  const result = await build({
    entryPoints: [entry], bundle: true, format: "esm", minify: true, target: "es2022",
    define: { "process.env.NODE_ENV": '"production"' }, legalComments: "none", outfile: `${out}.js`,
    banner: { js: banner() }, metafile: true, ...options,
  });
  const inside = Object.keys(result.metafile.inputs).map((input) => input.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//));
  const packages = new Set(inside.filter(Boolean).map((found) => found[1]));
  writeFileSync(`${out}.LICENSES.txt`, [...[...packages].sort().map(licence), ...more].join(LINE));
  return out;
}
