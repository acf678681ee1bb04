//! The C backend: printing, compile latency, and compiled kernels.

mod support;

use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use std::time::Duration;
use tirade::aot::{self, ArtifactKind, BenchOptions, CompileOptions, EmitOptions, RunOptions};

fn backend(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("aot");
    group.sample_size(10);
    for name in ["vector_add.py", "matmul.py", "attention.py"] {
        let module = support::module_of(&support::example(name));
        group.bench_function(format!("emit_c/{name}"), |b| {
            b.iter(|| black_box(aot::emit_c(&module, &EmitOptions::default()).expect("C")));
        });
        let options = CompileOptions { use_cache: false, ..CompileOptions::default() };
        group.bench_function(format!("compile/{name}"), |b| {
            b.iter(|| {
                black_box(aot::build(&module, ArtifactKind::SharedLibrary, &options).is_ok())
            });
        });
    }
    for (name, text) in [
        ("matmul128", support::example("matmul.py")),
        ("matmul512", support::matmul(512)),
        ("softmax", support::example("softmax.py")),
        ("stencil", support::example("stencil.py")),
    ] {
        let module = support::module_of(&text);
        let (func, args) = support::job(&module);
        group.bench_function(format!("run/{name}"), |b| {
            // The compiled code is timed in its own process; criterion is given its times.
            b.iter_custom(|n| {
                let bench =
                    BenchOptions { min_time: Duration::from_millis(50), ..Default::default() };
                let options = RunOptions { threads: 1, ..RunOptions::default() };
                let measured = aot::bench(&module, func.name, args.clone(), &options, &bench);
                let samples = measured.expect("a run").samples;
                let mean = samples.iter().sum::<f64>() / samples.len() as f64;
                Duration::from_secs_f64(mean * n as f64)
            });
        });
    }
    group.finish();
}

criterion_group!(benches, backend);
criterion_main!(benches);
