//! The command line's contract: exit codes, streams, files, hostile input.

mod testkit;

use libtest_mimic::Failed;
use std::path::{Path, PathBuf};
use std::process::Command;
use testkit::{Tirade, root};
use tirade::ir::DType;
use tirade::ir::args::Tensor;
use tirade::npy;

type Test = Result<(), Failed>;

fn example(name: &str) -> PathBuf {
    root().join("examples").join(name)
}

fn script(folder: &Path, text: &str) -> Result<PathBuf, Failed> {
    let path = folder.join("script.py");
    std::fs::write(&path, text)?;
    Ok(path)
}

#[test]
fn interp_prints_what_it_computed() -> Test {
    let outcome = Tirade::new("interp").arg(example("matmul.py")).expect(0)?;
    assert!(outcome.stdout.starts_with("C: float32[128, 128] = [["), "{}", outcome.stdout);
    assert!(outcome.stderr.is_empty(), "{}", outcome.stderr);
    Ok(())
}

#[test]
fn interp_shows_accesses_and_counts() -> Test {
    let folder = tempfile::tempdir()?;
    let text = "from tvm.script import tirx as T\n\n\n@T.prim_func(s_tir=True)\n\
        def main(R: T.Buffer((2,), \"int32\")):\n    for i in range(2):\n        R[i] = i + 5\n";
    let path = script(folder.path(), text)?;
    let outcome = Tirade::new("interp").arg(&path).args(["--trace", "R", "--profile"]).expect(0)?;
    let lines: Vec<&str> = outcome.stdout.lines().collect();
    assert_eq!(
        lines[..2],
        ["write R[0] = 5, in iteration i = 0", "write R[1] = 6, in iteration i = 1"]
    );
    assert!(lines.contains(&"           1 |     for i in range(2):"), "{}", outcome.stdout);
    assert!(lines.contains(&"           2 |         R[i] = i + 5"), "{}", outcome.stdout);
    Ok(())
}

#[test]
fn arrays_go_in_and_come_out() -> Test {
    let folder = tempfile::tempdir()?;
    let (a, out) = (folder.path().join("a.npy"), folder.path().join("out.npz"));
    let ones =
        Tensor { dtype: DType::FLOAT32, shape: vec![1024], bytes: 1f32.to_ne_bytes().repeat(1024) };
    std::fs::write(&a, npy::encode_npy(&ones))?;
    for verb in ["interp", "run", "diff"] {
        Tirade::new(verb)
            .arg(example("vector_add.py"))
            .args(["--input".into(), format!("A={}", a.display())])
            .args(["--input".into(), format!("B={}", a.display())])
            .arg("--outputs")
            .arg(&out)
            .expect(0)?;
        let arrays = npy::read_npz(&out)?;
        let names: Vec<&str> = arrays.iter().map(|(n, _)| n.as_str()).collect();
        assert_eq!(names, ["A", "B", "C"], "{verb}");
        assert_eq!(arrays[2].1.bytes, 2f32.to_ne_bytes().repeat(1024), "{verb}");
    }
    Ok(())
}

#[test]
fn exit_codes() -> Test {
    let folder = tempfile::tempdir()?;
    let missing = folder.path().join("missing.py");
    Tirade::new("check").arg(&missing).expect(2)?;
    Tirade::new("interp").expect(2)?;
    Tirade::new("no-such-verb").expect(2)?;
    Tirade::new("interp").arg(example("matmul.py")).args(["--func", "f"]).expect(2)?;
    Tirade::new("interp").arg(example("matmul.py")).args(["--checks", "nonsense"]).expect(2)?;
    let rejected = script(folder.path(), "from tvm.script import tirx as T\n\nx = (\n")?;
    Tirade::new("check").arg(&rejected).expect(3)?;
    let fuel = ["--max-steps", "10"];
    Tirade::new("interp").arg(example("matmul.py")).args(fuel).expect(4)?;
    Tirade::new("fmt").arg("--check").arg(example("matmul.py")).run()?;
    Tirade::new("explain").arg("TIR1000").expect(0)?;
    Tirade::new("explain").arg("TIR9999").expect(2)?;
    Tirade::new("completions").arg("bash").expect(0)?;
    Ok(())
}

#[test]
fn errors_in_three_functions_are_all_reported() -> Test {
    let folder = tempfile::tempdir()?;
    let function = |name: &str, body: &str| {
        format!(
            "@T.prim_func(s_tir=True)\ndef {name}(A: T.Buffer((4,), \"int32\")):\n    {body}\n\n\n"
        )
    };
    let text = format!(
        "from tvm.script import tirx as T\n\n\n{}{}{}",
        function("f", "A[0] = B[0]"),
        function("g", "A[0, 1] = 1"),
        function("h", "A[0] = T.expp(A[1])"),
    );
    let path = script(folder.path(), &text)?;
    let errors = Tirade::new("check").arg(&path).json().expect(3)?.errors();
    let lines: Vec<_> = errors.iter().map(|e| e["line"].as_u64()).collect();
    assert_eq!(lines, [Some(6), Some(11), Some(16)], "{errors:#?}");
    let columns: Vec<_> =
        errors.iter().map(|e| (e["column"].as_u64(), e["end_column"].as_u64())).collect();
    assert_eq!(columns[0], (Some(12), Some(13)), "the unknown name");
    Ok(())
}

#[test]
fn syntax_errors_in_three_functions_are_all_reported() -> Test {
    let folder = tempfile::tempdir()?;
    let text = "def f(:\n    pass\n\ndef g():\n    x = = 1\n\ndef h()\n    pass\n";
    let path = script(folder.path(), text)?;
    let errors = Tirade::new("check").arg(&path).json().expect(3)?.errors();
    let lines: Vec<_> = errors.iter().map(|e| e["line"].as_u64()).collect();
    assert_eq!(lines, [Some(1), Some(5), Some(7)], "{errors:#?}");
    Ok(())
}

#[test]
fn hostile_files_are_diagnosed() -> Test {
    let folder = tempfile::tempdir()?;
    let mut state = 88172645463325252u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let letters = b"abc ()[]{}:=+-*/%<>\"'#\\\n\t0123456789.,@";
    let nonsense: String = (0..10_000_000)
        .map(|_| letters[(random() % letters.len() as u64) as usize] as char)
        .collect();
    let deep = 100_000;
    let nested_lists = format!("x = {}{}\n", "[".repeat(deep), "]".repeat(deep));
    let nested_blocks: String =
        (0..3_000).map(|i| format!("{}if x:\n", " ".repeat(i))).collect::<String>();
    let sum = format!("x = 1{}\n", "+1".repeat(deep));
    let minus = format!("x = {}1\n", "-".repeat(deep));
    let not = format!("x = {}1\n", "not ".repeat(deep));
    let calls = format!("x = f{}\n", "(1)".repeat(deep));
    for (name, text) in [
        ("nonsense", nonsense),
        ("nested_lists", nested_lists),
        ("nested_blocks", nested_blocks),
        ("sum", sum),
        ("minus", minus),
        ("not", not),
        ("calls", calls),
    ] {
        let path = script(folder.path(), &text)?;
        let outcome = Tirade::new("check").arg(&path).run()?;
        assert_eq!(
            outcome.code,
            Some(3),
            "{name}: {}",
            &outcome.stderr[..outcome.stderr.len().min(500)]
        );
        assert!(outcome.stderr.contains("error[TIR"), "{name}");
        assert!(outcome.stderr.len() < 200_000, "{name}: {} bytes", outcome.stderr.len());
    }
    let empty = script(folder.path(), "")?;
    for verb in ["check", "interp"] {
        let outcome = Tirade::new(verb).arg(&empty).json().expect(3)?;
        assert_eq!(outcome.errors().len(), 1, "{verb}");
    }
    let not_utf8 = folder.path().join("bytes.py");
    std::fs::write(&not_utf8, [0xff, 0xfe, 0x00])?;
    Tirade::new("check").arg(&not_utf8).expect(2)?;
    Ok(())
}

#[test]
fn emit_c_and_build_write_what_they_say() -> Test {
    let folder = tempfile::tempdir()?;
    Tirade::new("emit-c").arg(example("matmul.py")).arg("-o").arg(folder.path()).expect(0)?;
    let names: Vec<String> = std::fs::read_dir(folder.path())?
        .flatten()
        .map(|e| e.file_name().to_string_lossy().into_owned())
        .collect();
    assert!(names.iter().any(|n| n.ends_with(".c")) && names.iter().any(|n| n.ends_with(".h")));
    for file in ["k.so", "k.a", "k.o"] {
        let path = folder.path().join(file);
        Tirade::new("build").arg(example("matmul.py")).arg("-o").arg(&path).expect(0)?;
        assert!(path.metadata()?.len() > 0);
    }
    let odd = folder.path().join("k.zip");
    Tirade::new("build").arg(example("matmul.py")).arg("-o").arg(&odd).expect(2)?;
    assert!(!odd.exists());
    Ok(())
}

/// A program with a sum of products and a function of the C library, in a loop worth sharing.
const SHARED_LOOP: &str = r#"
from tvm.script import tirx as T

@T.prim_func(s_tir=True)
def f(A: T.Buffer((512, 16), "float32"), B: T.Buffer((512, 16), "float32")):
    for i in T.parallel(512):
        for v in T.vectorized(16):
            B[i, v] = T.exp(A[i, v] * T.float32(0.1)) + A[i, v] * T.float32(0.3)
"#;

#[test]
fn emitted_c_gives_the_same_whatever_runs_its_loops() -> Test {
    let folder = tempfile::tempdir()?;
    let script = script(folder.path(), SHARED_LOOP)?;
    let mut hashes = Vec::new();
    for (parallel, mark) in
        [("none", ""), ("pthreads", "pthread_create"), ("openmp", "#pragma omp")]
    {
        let out = folder.path().join(parallel);
        let emit = Tirade::new("emit-c").arg(&script).arg("--main").arg("--parallel").arg(parallel);
        emit.arg("-o").arg(&out).expect(0)?;
        assert!(std::fs::read_to_string(out.join("kernel.c"))?.contains(mark), "{parallel}");
        let made = Command::new("make").arg("-s").current_dir(&out).status()?;
        assert!(made.success(), "{parallel}");
        let done = Command::new(out.join("kernel_example")).output()?;
        hashes.push(String::from_utf8(done.stdout)?);
    }
    assert!(hashes[0].starts_with("f: B "), "{hashes:?}");
    assert!(hashes.iter().all(|h| *h == hashes[0]), "{hashes:?}");
    let emit = Tirade::new("emit-c").arg(&script).arg("--parallel").arg("pthreads");
    emit.arg("--profile").arg("freestanding").arg("-o").arg(folder.path().join("x")).expect(2)?;
    Ok(())
}

const SCHEDULED: &str = r#"
import tvm
from tvm.script import tirx as T

@T.prim_func(s_tir=True)
def f(A: T.Buffer((64, 64), "float32"), B: T.Buffer((64, 64), "float32")):
    for i, j in T.grid(64, 64):
        with T.sblock("</script>"):
            vi, vj = T.axis.remap("SS", [i, j])
            B[vi, vj] = A[vi, vj] + T.float32(1)

sch = tvm.s_tir.Schedule(f)
i, j = sch.get_loops(sch.get_sblock("</script>"))
outer, inner = sch.split(i, [None, 8])
sch.vectorize(j)
mod = sch.mod
"#;

#[test]
fn schedule_shows_what_every_step_changes() -> Test {
    let folder = tempfile::tempdir()?;
    let script = script(folder.path(), SCHEDULED)?;
    let shown = Tirade::new("schedule").arg(&script).expect(0)?.stdout;
    assert!(shown.contains("+    for i_0, i_1, j in T.grid(8, 8, 64):\n"), "{shown}");
    assert!(shown.contains("# 4: sch.vectorize(loop=l2)\n@@ "), "{shown}");
    let page = folder.path().join("page.html");
    Tirade::new("schedule").arg(&script).arg("--html").arg(&page).expect(0)?;
    let page = std::fs::read_to_string(page)?;
    let start = page.find("application/json\">").ok_or("no data")? + "application/json\">".len();
    let end = start + page[start..].find("</script>").ok_or("no end")?;
    let data: serde_json::Value = serde_json::from_str(&page[start..end])?;
    let last = &data["schedules"][0]["steps"][4];
    assert_eq!(last["changes"], true, "{last}");
    let lines = &last["after"][0]["lines"];
    // Eight rows of A and of B, 64 floats each.
    let inner = &lines[1];
    assert_eq!(inner["name"], "i_1", "{lines}");
    assert_eq!((&inner["trips"], &inner["total"]), (&8.into(), &64.into()), "{lines}");
    assert_eq!(inner["footprint"], "4.0 KiB", "{lines}");
    assert_eq!(lines[2]["kind"], "vectorized", "{lines}");
    Tirade::new("schedule").arg(example("matmul.py")).expect(0)?;
    Ok(())
}

#[test]
fn a_floating_point_mode_is_the_same_interpreted_and_compiled() -> Test {
    let folder = tempfile::tempdir()?;
    let script = script(folder.path(), SHARED_LOOP)?;
    let mut results = Vec::new();
    for mode in ["strict", "contract", "fast"] {
        let outputs = folder.path().join(mode).with_extension("npz");
        let diff = Tirade::new("diff").arg(&script).arg("--fp").arg(mode);
        diff.arg("--outputs").arg(&outputs).expect(0)?;
        let bytes = std::fs::read(&outputs)?;
        assert!(!results.contains(&bytes), "{mode} changes nothing");
        results.push(bytes);
    }
    Ok(())
}

#[test]
fn bench_prints_json() -> Test {
    let outcome = Tirade::new("bench").arg(example("vector_add.py")).json().expect(0)?;
    let object: serde_json::Value = serde_json::from_str(&outcome.stdout)?;
    assert!(object["compiled"]["median_s"].as_f64().is_some_and(|s| s > 0.0), "{object}");
    assert_eq!(object["flops"], 1024);
    assert_eq!(object["bytes"], 3 * 4 * 1024);
    Ok(())
}

#[test]
fn check_of_a_program_from_standard_input() -> Test {
    use std::io::Write;
    use std::process::Stdio;
    let mut child = Command::new(env!("CARGO_BIN_EXE_tirade"))
        .args(["check", "-"])
        .stdin(Stdio::piped())
        .spawn()?;
    let text = std::fs::read(example("matmul.py"))?;
    child.stdin.take().expect("piped").write_all(&text)?;
    assert!(child.wait()?.success());
    Ok(())
}
