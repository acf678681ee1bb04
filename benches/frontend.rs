//! Reading, checking and printing scripts, in lines a second.

mod support;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use tirade::frontend::parser;
use tirade::ir::SourceMap;
use tirade::ir::print::{PrintOptions, print_module};
use tirade::ir::structural::structural_hash;

fn frontend(criterion: &mut Criterion) {
    let text = support::large_module(10_000);
    let lines = text.lines().count() as u64;
    let mut group = criterion.benchmark_group("frontend");
    group.throughput(Throughput::Elements(lines)).sample_size(20);
    let mut sources = SourceMap::new();
    let file = sources.add("bench.py", text.clone()).expect("a small script");
    group.bench_function("parse", |b| b.iter(|| black_box(parser::parse_file(&file))));
    group.bench_function("parse_evaluate_validate", |b| {
        b.iter(|| black_box(support::module_of(&text)));
    });
    let module = support::module_of(&text);
    group.bench_function("print", |b| {
        b.iter(|| black_box(print_module(&module, &PrintOptions::default())));
    });
    group.bench_function("structural_hash", |b| b.iter(|| black_box(structural_hash(&module))));
    group.finish();
}

criterion_group!(benches, frontend);
criterion_main!(benches);
