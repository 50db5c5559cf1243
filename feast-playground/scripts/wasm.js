// Builds the WebAssembly module that the page loads, into pkg/.
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL("..", import.meta.url));
const pkg = join(here, "pkg");

const run = (program, ...args) =>
  execFileSync(program, args, { cwd: here, stdio: ["ignore", "inherit", "inherit"] });

const targetOf = (manifest) => {
  const args = ["metadata", "--no-deps", "--format-version", "1", "--manifest-path", manifest];
  return JSON.parse(execFileSync("cargo", args, { cwd: here, maxBuffer: 1 << 26 })).target_directory;
};

const target = targetOf("Cargo.toml");
run("cargo", "build", "--quiet", "--lib", "--profile", "page", "--target", "wasm32-unknown-unknown");
run("cargo", "build", "--quiet", "--locked", "--manifest-path", "bindgen/Cargo.toml", "--target-dir", join(target, "bindgen"));

rmSync(pkg, { recursive: true, force: true });
mkdirSync(pkg);
run(join(target, "bindgen/debug/bindgen"), join(target, "wasm32-unknown-unknown/page/feast_playground.wasm"), "pkg");
