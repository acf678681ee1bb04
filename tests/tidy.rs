//! Rules about the code itself, checked on its text.

use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All Rust sources of the project with their paths relative to it.
fn sources() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> =
        ["src", "ir", "schedule", "frontend", "interp", "aot", "fuzz", "tests", "benches"]
            .map(|f| root().join(f))
            .into();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(&path).expect("readable source");
                let name = path.strip_prefix(root()).expect("below the root").display().to_string();
                found.push((name, text));
            }
        }
    }
    found
}

/// The sources other than this file, which has to spell out what it looks for.
fn offenders(matches: impl Fn(&str, &str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for (name, text) in sources() {
        if name == "tests/tidy.rs" {
            continue;
        }
        for (i, line) in text.lines().enumerate() {
            if matches(&name, line) {
                found.push(format!("{name}:{}: {}", i + 1, line.trim()));
            }
        }
    }
    found
}

#[test]
fn nothing_is_left_undone() {
    let found = offenders(|_, line| {
        ["todo!(", "unimplemented!(", "#[ignore", "#[should_panic", "dbg!("]
            .iter()
            .any(|word| line.contains(word))
    });
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn unsafe_has_its_places() {
    let allowed = ["ir/src/op/libm.rs", "aot/src/load.rs"];
    let found = offenders(|name, line| {
        let code = line.split("//").next().unwrap_or("");
        (code.contains("unsafe ") || code.contains("allow(unsafe_code)"))
            && !code.contains("clippy::")
            && !allowed.contains(&name)
    });
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn external_crates_have_one_home() {
    let homes = [
        ("nom::", "frontend/"),
        ("rayon::", "interp/"),
        ("ndarray::", "interp/"),
        ("cc::", "aot/"),
        ("libloading::", "aot/"),
        ("im::", "ir/src/persistent.rs"),
    ];
    let found = offenders(|name, line| {
        let code = line.split("//").next().unwrap_or("");
        homes.iter().any(|(krate, home)| {
            let names_it = code.match_indices(krate).any(|(i, _)| {
                !code[..i].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':')
            });
            names_it && !name.starts_with(home) && !name.starts_with("benches/")
        })
    });
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn interpreter_and_backend_do_not_see_each_other() {
    for (krate, other) in [("interp", "tirade-aot"), ("aot", "tirade-interp")] {
        let manifest =
            std::fs::read_to_string(root().join(krate).join("Cargo.toml")).expect("manifest");
        let dependencies = manifest.split("[dev-dependencies]").next().unwrap_or("");
        assert!(!dependencies.contains(other), "{krate} depends on {other}");
    }
}

#[test]
fn every_diagnostic_code_is_used_and_explained() {
    let all: String = sources()
        .into_iter()
        .filter(|(name, _)| name != "ir/src/diag/codes.rs")
        .map(|(_, text)| text)
        .collect();
    for info in tirade::ir::diag::codes::CODES {
        let uses = all.match_indices(info.name).any(|(i, name)| {
            let is_word = |c: char| c.is_alphanumeric() || c == '_';
            !all[..i].ends_with(is_word) && !all[i + name.len()..].starts_with(is_word)
        });
        assert!(uses, "{} is never used", info.name);
        assert!(info.text.ends_with('.') && info.text.len() > 20, "{} needs a sentence", info.name);
    }
}
