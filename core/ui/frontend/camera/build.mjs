// Bundles the camera reader into core/ui/assets: one script, the decoder, the licences of what is inside.
// The banner holds the hash of all sources, so that a test can tell a stale bundle.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { copyFileSync, readFileSync, readdirSync, writeFileSync } from "node:fs";

const out = "../../assets/camera";
const files = ["build.mjs", "package.json", "package-lock.json", ...readdirSync("src").sort().map((name) => `src/${name}`)];
const hash = createHash("sha256");
for (const file of files) hash.update(file).update("\0").update(readFileSync(file)).update("\0");
const banner = `/* sources ${hash.digest("hex")} */`;

const result = await build({
  entryPoints: ["src/index.js"], bundle: true, format: "esm", minify: true, target: "es2022",
  define: { "process.env.NODE_ENV": '"production"' }, legalComments: "none", outfile: `${out}.js`,
  banner: { js: banner }, metafile: true,
});

const packages = new Set();
for (const input of Object.keys(result.metafile.inputs)) {
  const found = input.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//);
  if (found) packages.add(found[1]);
}
const texts = [...packages].sort().map((name) => {
  const about = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8"));
  const licence = readdirSync(`node_modules/${name}`).find((file) => /^licen[cs]e/i.test(file));
  return `${name} ${about.version} (${about.license})\n\n${licence ? readFileSync(`node_modules/${name}/${licence}`, "utf8").trim() : ""}\n`;
});
writeFileSync(`${out}.LICENSES.txt`, texts.join("\n" + "-".repeat(80) + "\n\n"));
copyFileSync("node_modules/zxing-wasm/dist/reader/zxing_reader.wasm", `${out}.wasm`);

// The decoder's own default would load it from a public host: this copy knows none.
const script = readFileSync(`${out}.js`, "utf8").replace(/https:\/\/[a-z.]*jsdelivr\.net\/npm/g, "");
writeFileSync(`${out}.js`, script);
const inside = `zxing-cpp, compiled into camera.wasm (Apache-2.0)

Copyright 2016-2026 Nu-book Inc., Axel Waldmann and the ZXing authors. https://github.com/zxing-cpp/zxing-cpp
Licensed under the Apache License, Version 2.0: the text stands in the file LICENSE of this repository's root.
`;
writeFileSync(`${out}.LICENSES.txt`, `${texts.join("\n")}\n${"-".repeat(80)}\n\n${inside}`);
