import { createHash } from "node:crypto";
import { defineConfig, type Plugin } from "vite";

/** Tells the service worker the files of the page, and their version. */
function offline(): Plugin {
  return {
    name: "offline",
    apply: "build",
    // After Vite's own plugin, which adds index.html.
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        const files = Object.keys(bundle).filter((name) => name !== "sw.js");
        const worker = bundle["sw.js"];
        if (worker?.type !== "chunk" || !files.includes("index.html")) throw new Error("the page is not whole");
        const hash = createHash("sha256");
        for (const name of files.sort()) {
          const file = bundle[name]!;
          hash.update(name).update(file.type === "chunk" ? file.code : file.source);
        }
        worker.code = worker.code
          .replace("__VERSION__", hash.digest("hex").slice(0, 16))
          .replace("__FILES__", files.join("\\n"));
      },
    },
  };
}

export default defineConfig({
  root: "web",
  // The page works under any path.
  base: "./",
  server: { fs: { allow: [".."] } },
  worker: { format: "es" },
  build: {
    outDir: "../dist",
    emptyOutDir: true,
    target: "es2022",
    // Separate files, because the page's policy forbids `data:`.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { index: "web/index.html", sw: "web/sw.ts" },
      output: {
        entryFileNames: (chunk) => (chunk.name === "sw" ? "sw.js" : "assets/[name]-[hash].js"),
      },
    },
  },
  plugins: [offline()],
});
