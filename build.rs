//! Compiles the program again when a file that is built into it comes, changes or goes.

fn main() {
    for folder in [
        "ontology", "shapes", "examples", "src/html", "src/i18n", "web/dist",
    ] {
        println!("cargo:rerun-if-changed={folder}");
    }
}
