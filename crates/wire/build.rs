//! Compiles the contract in `proto/` to Rust types, without any tool but this crate's own.

use std::path::PathBuf;
use std::{env, fs};

/// The files of the contract, in order of reading.
const FILES: [&str; 7] = [
    "v1/common",
    "v1/inputs",
    "v1/outcomes",
    "v1/public",
    "journal/v1/events",
    "journal/v1/columns",
    "journal/v1/decisions",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../proto");
    println!("cargo:rerun-if-changed={}", root.display());
    let files = FILES.map(|name| root.join(format!("clearfold/{name}.proto")));
    let descriptors = protox::compile(files, [&root])?;
    // Tests compare the contract with the committed list of its field numbers.
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("descriptors.bin"), prost::Message::encode_to_vec(&descriptors))?;
    prost_build::Config::new()
        // The contract's comments are for its readers; rustdoc would take indents for code.
        .disable_comments(["."])
        .include_file("contract.rs")
        .compile_fds(descriptors)?;
    Ok(())
}
