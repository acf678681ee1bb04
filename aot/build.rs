//! Passes the target triple on: the `cc` crate wants it outside a build script.

fn main() {
    let target = std::env::var("TARGET").expect("cargo sets TARGET");
    println!("cargo:rustc-env=TIRADE_TARGET={target}");
    println!("cargo:rerun-if-changed=build.rs");
}
