//! Links the module without Python's symbols, which the interpreter that loads it provides.

fn main() {
    pyo3_build_config::add_extension_module_link_args();
}
