//! Lets the module be linked where Python's symbols come with the interpreter that loads it.

fn main() {
    pyo3_build_config::add_extension_module_link_args();
}
