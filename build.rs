//! Makes the typed catalogue from the spec tables. Writes to `OUT_DIR` only.

// Its items are public for the tests that include it as well.
#[allow(unreachable_pub, missing_docs, missing_debug_implementations, clippy::pedantic)]
#[path = "codegen/mod.rs"]
mod codegen;

use std::path::Path;

fn main() {
    println!("cargo:rerun-if-changed=codegen/spec");
    println!("cargo:rerun-if-changed=build.rs");
    let Some(out) = std::env::var_os("OUT_DIR") else {
        println!("cargo:warning=OUT_DIR is not set; this is a build script, cargo runs it");
        std::process::exit(1);
    };
    let files = files().unwrap_or_else(|error| {
        eprintln!("{error}");
        std::process::exit(1);
    });
    for (name, text) in files {
        if let Err(error) = std::fs::write(Path::new(&out).join(name), text) {
            eprintln!("{}: {error}", Path::new(&out).join(name).display());
            std::process::exit(1);
        }
    }
}

fn files() -> Result<Vec<codegen::File>, codegen::Error> {
    let mut files = codegen::generate(&codegen::read(Path::new("codegen/spec/ami"))?)?;
    files.extend(codegen::generate_freeswitch(&codegen::read(Path::new("codegen/spec/freeswitch"))?)?);
    Ok(files)
}
