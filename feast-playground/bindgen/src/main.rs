//! Writes the JavaScript that loads a WebAssembly module: `bindgen MODULE FOLDER`.
//!
//! This is `wasm-bindgen --target web` without its test runner, which needs an HTTP client and
//! server.

use std::env;
use std::process::ExitCode;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [module, folder] = arguments.as_slice() else {
        eprintln!("usage: bindgen MODULE FOLDER");
        return ExitCode::from(2);
    };
    let mut bindgen = Bindgen::new();
    bindgen.input_path(module).typescript(true);
    bindgen
        .remove_name_section(true)
        .remove_producers_section(true);
    let written = bindgen.web(true).and_then(|web| web.generate(folder));
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{module}: {error:#}");
            ExitCode::FAILURE
        }
    }
}
