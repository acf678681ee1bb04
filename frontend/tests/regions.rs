//! The regions that TVM wrote into the programs of the operator corpus are the ones inferred here.
//!
//! The corpus is looked for in `TIRADE_CORPUS`, or in `../shared/corpus` beside the repository.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use tirade_frontend::{Options, evaluate};
use tirade_ir::analysis::complete_func;
use tirade_ir::rewrite::{Rewrite, Rewriter, walk_rewrite_block};
use tirade_ir::stmt::{Block, InferredRegions};
use tirade_ir::structural::structural_equal;
use tirade_ir::{IRModule, PrimExpr, SourceMap};

/// Takes the regions of every block away.
struct Strip;

impl Rewriter for Strip {
    fn rewrite_expr(&mut self, _: &PrimExpr) -> Option<PrimExpr> {
        None
    }

    fn rewrite_block(&mut self, block: &Arc<Block>) -> Option<Arc<Block>> {
        let walked = walk_rewrite_block(self, block).unwrap_or_else(|| block.clone());
        let inferred = InferredRegions { reads: true, writes: true };
        let (reads, writes) = (Box::default(), Box::default());
        Some(Arc::new(Block { reads, writes, inferred, ..(*walked).clone() }))
    }
}

fn module_of(path: &Path) -> IRModule {
    let mut sources = SourceMap::new();
    let text = std::fs::read_to_string(path).expect("a readable program");
    let file = sources.add(&path.display().to_string(), text).expect("room for one file");
    evaluate(&mut sources, &file, &Options::default()).module.expect("a valid program")
}

/// Unscheduled programs: TVM inferred their regions. (Schedules keep regions that are wider.)
fn unscheduled(dir: &Path) -> Vec<PathBuf> {
    let manifest = std::fs::read_to_string(dir.join("manifest.jsonl")).expect("a manifest");
    let te_or_relax = |line: &&str| {
        ["\"te\"", "\"relax\""].iter().any(|group| line.contains(&format!("\"group\": {group}")))
    };
    let name = |line: &str| {
        let rest = line.split("\"name\": \"").nth(1)?;
        Some(dir.join(rest.split('"').next()?).with_extension("py"))
    };
    manifest.lines().filter(te_or_relax).filter_map(name).collect()
}

#[test]
fn regions_are_those_that_tvm_infers() {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    let dir = std::env::var_os("TIRADE_CORPUS").map_or_else(beside, PathBuf::from);
    if !dir.is_dir() {
        eprintln!("the operator corpus is not here; set TIRADE_CORPUS to its folder");
        return;
    }
    let files = unscheduled(&dir);
    let mut differing = Vec::new();
    for path in &files {
        let module = module_of(path);
        let again = module.map_functions(|func| {
            let (func, diagnostics) = complete_func(func.rewrite_or_clone(&mut Strip), Vec::new());
            assert_eq!(diagnostics, [], "{}", path.display());
            func
        });
        if let Err(mismatch) = structural_equal(&module, &again) {
            differing.push(format!("{}: {mismatch}", path.display()));
        }
    }
    println!("regions agree on {}/{}", files.len() - differing.len(), files.len());
    let share = differing.len() * 50 <= files.len();
    assert!(share && !files.is_empty(), "{}", differing.join("\n"));
}
