//! The operator corpus: real operator programs with inputs and expected outputs.
//!
//! Every program must give the expected outputs under `interp` and `run`, and `diff` must find
//! both equal bit for bit. The corpus is not part of the project: it is looked for in
//! `TIRADE_CORPUS`, then in `../shared/corpus`; without it the test says so and passes.

mod testkit;

use libtest_mimic::Failed;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use testkit::{Tirade, operator_corpus};
use tirade::ir::DType;
use tirade::ir::args::Tensor;
use tirade::npy;

const VERBS: [&str; 3] = ["interp", "run", "diff"];

/// Programs that have no meaning although TVM runs them: the class that is reported, and why TVM
/// is at fault.
const TVM_AT_FAULT: &[(&str, &str, &str)] = &[
    (
        "index_put_acc_2d_f32",
        "E-RACE",
        "a `T.parallel` loop adds to elements chosen by an index array that repeats an index",
    ),
    (
        "ms_attn_2",
        "E-BINDDUP",
        "decomposing the softmax's sum and moving only its update adds every term four times",
    ),
];

fn main() {
    let Some(folder) = operator_corpus() else {
        println!("operator corpus not found: set TIRADE_CORPUS to its folder; nothing was run");
        println!("0 passed, 0 failed, 1 skipped");
        return;
    };
    let rows = read_manifest(&folder);
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(BTreeMap::new());
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(row) = rows.get(next.fetch_add(1, Ordering::Relaxed)) {
                    for verb in VERBS {
                        let result = match at_fault(row).filter(|_| verb != "run") {
                            Some(class) => expect_report(&folder, row, verb, class),
                            None => run_program(&folder, row, verb),
                        };
                        if let Err(why) = result {
                            let text = why.message().unwrap_or("failed").to_string();
                            let name = row["name"].as_str().unwrap_or("?").to_string();
                            failures.lock().expect("no panics").insert((verb, name), text);
                        }
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().expect("no panics");
    report(&rows, &failures);
    if !failures.is_empty() {
        std::process::exit(101);
    }
}

fn read_manifest(folder: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.join("manifest.jsonl")).expect("the manifest");
    text.lines().map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect()
}

fn report(rows: &[Value], failures: &BTreeMap<(&str, String), String>) {
    for (name, class, why) in TVM_AT_FAULT {
        println!("{name} is reported with {class}, rightly: {why}");
    }
    for ((verb, name), why) in failures {
        println!("{verb} {name}: {}", why.lines().take(6).collect::<Vec<_>>().join(" | "));
    }
    for verb in VERBS {
        let mut groups: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        for row in rows {
            let name = row["name"].as_str().unwrap_or("?").to_string();
            let count = groups.entry(row["group"].as_str().unwrap_or("?")).or_default();
            count.0 += usize::from(!failures.contains_key(&(verb, name)));
            count.1 += 1;
        }
        let shown: Vec<String> =
            groups.iter().map(|(g, (ok, all))| format!("{g} {ok}/{all}")).collect();
        println!("{verb}: {}", shown.join(", "));
    }
    let all = rows.len() * VERBS.len();
    println!("{} passed, {} failed", all - failures.len(), failures.len());
}

/// The class that the program of a row is known to be reported with.
fn at_fault(row: &Value) -> Option<&'static str> {
    let found = TVM_AT_FAULT.iter().find(|(name, _, _)| row["name"] == **name);
    found.map(|(_, class, _)| *class)
}

fn expect_report(folder: &Path, row: &Value, verb: &str, class: &str) -> Result<(), Failed> {
    let outcome = command(folder, row, verb)?.json().expect(4)?;
    match outcome.errors().first() {
        Some(error) if error["class"] == *class => Ok(()),
        found => Err(format!("expected {class}, found {found:?}").into()),
    }
}

/// `tirade VERB PROGRAM` with its inputs and sizes.
fn command(folder: &Path, row: &Value, verb: &str) -> Result<Tirade, Failed> {
    let name = row["name"].as_str().ok_or("no name")?;
    let mut command = Tirade::new(verb)
        .arg(folder.join(format!("{name}.py")))
        .args(["--func", row["entry"].as_str().unwrap_or("main")])
        .arg("--inputs")
        .arg(folder.join(format!("{name}.in.npz")));
    for (key, value) in scalars(row) {
        command = command.arg("--set").arg(format!("{key}={value}"));
    }
    Ok(command)
}

fn run_program(folder: &Path, row: &Value, verb: &str) -> Result<(), Failed> {
    let name = row["name"].as_str().ok_or("no name")?;
    let out = tempfile::tempdir()?;
    let outputs = out.path().join("out.npz");
    let mut command = command(folder, row, verb)?;
    if verb != "diff" {
        command = command.arg("--outputs").arg(&outputs);
    }
    command.expect(0)?;
    if verb == "diff" {
        return Ok(());
    }
    let found = npy::read_npz(&outputs)?;
    for (key, expected) in npy::read_npz(&folder.join(format!("{name}.out.npz")))? {
        let tensor = found.iter().find(|(n, _)| *n == key);
        let (_, tensor) = tensor.ok_or_else(|| format!("no output `{key}`"))?;
        let bfloat16 = row["params"].as_array().is_some_and(|params| {
            params.iter().any(|p| p["name"] == *key && p["dtype"] == "bfloat16")
        });
        let tolerance = &row["tolerance"][&key];
        compare(&key, tensor, &expected, bfloat16, tolerance)?;
    }
    Ok(())
}

/// Scalar parameters and symbolic sizes with their values.
fn scalars(row: &Value) -> Vec<(String, String)> {
    let params = row["params"].as_array().into_iter().flatten();
    let scalars = params
        .filter(|p| p["kind"] == "scalar")
        .map(|p| (p["name"].as_str().unwrap_or_default().to_string(), p["value"].to_string()));
    let symbolic = row["symbolic"].as_object().into_iter().flatten();
    scalars.chain(symbolic.map(|(k, v)| (k.clone(), v.to_string()))).collect()
}

fn compare(
    key: &str,
    found: &Tensor,
    expected: &Tensor,
    bfloat16: bool,
    tolerance: &Value,
) -> Result<(), Failed> {
    if (found.dtype, &found.shape) != (expected.dtype, &expected.shape) {
        return Err(format!("{key}: another dtype or shape").into());
    }
    let rtol = tolerance["rtol"].as_f64().unwrap_or(0.0);
    let atol = tolerance["atol"].as_f64().unwrap_or(0.0);
    let retyped = |t: &Tensor| match bfloat16 {
        true => Tensor { dtype: DType::BFLOAT16, ..t.clone() },
        false => t.clone(),
    };
    let (found, expected) = (retyped(found), retyped(expected));
    for i in 0..found.len() {
        let (x, y) = (found.get(i), expected.get(i));
        let (fx, fy) = (x.to_f64(), y.to_f64());
        let close = (fx - fy).abs() <= atol + rtol * fy.abs();
        if !close && !x.agrees_with(y) && fx != fy {
            return Err(format!("{key}: element {i} is {x}, expected {y}").into());
        }
    }
    Ok(())
}
