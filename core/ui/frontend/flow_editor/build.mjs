// The drawing of flows: one script, one style sheet.
import { build } from "esbuild";
import { bundle } from "../bundle.mjs";

await bundle(build, "flow_editor", "src/index.jsx", { options: { jsx: "automatic" } });
