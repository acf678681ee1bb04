//! The interpreter: time per innermost iteration, with and without checks.

mod support;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use tirade::interp::{self, Checks, Options};

fn interpreter(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("interp");
    group.sample_size(10);
    let parallel = support::matmul(64).replace(
        "for i, j, k in T.grid(64, 64, 64):",
        "for i in T.parallel(64):\n      for j, k in T.grid(64, 64):",
    );
    for (name, text, iterations) in [
        ("matmul64", support::matmul(64), 64u64 * 64 * 64),
        ("parallel_matmul64", parallel, 64 * 64 * 64),
        ("softmax", support::example("softmax.py"), 4 * 32 * 64),
    ] {
        let module = support::module_of(&text);
        let (func, args) = support::job(&module);
        group.throughput(Throughput::Elements(iterations));
        for checks in ["all", "bounds", "none"] {
            for threads in [1, 2] {
                let checks_set = Checks::parse(checks).expect("a known check");
                let options = Options { checks: checks_set, threads, ..Options::default() };
                group.bench_function(format!("{name}/{checks}/{threads}"), |b| {
                    b.iter(|| {
                        let outcome = interp::run(&module, func.name, args.clone(), &options);
                        assert!(outcome.is_ok_and(|o| o.reports.is_empty()));
                        black_box(());
                    });
                });
            }
        }
    }
    group.finish();
}

criterion_group!(benches, interpreter);
criterion_main!(benches);
