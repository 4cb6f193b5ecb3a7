// The camera reader: one script and the decoder it loads.
import { build } from "esbuild";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { bundle } from "../bundle.mjs";

const decoder = `zxing-cpp, compiled into camera.wasm (Apache-2.0)

Copyright 2016-2026 Nu-book Inc., Axel Waldmann and the ZXing authors. https://github.com/zxing-cpp/zxing-cpp
Licensed under the Apache License, Version 2.0: the text stands in the file LICENSE of this repository's root.
`;
const out = await bundle(build, "camera", "src/index.js", { more: [decoder] });
copyFileSync("node_modules/zxing-wasm/dist/reader/zxing_reader.wasm", `${out}.wasm`);

// The decoder's own default would load it from a public host: this copy knows none.
const script = readFileSync(`${out}.js`, "utf8").replace(/https:\/\/[a-z.]*jsdelivr\.net\/npm/g, "");
writeFileSync(`${out}.js`, script);
