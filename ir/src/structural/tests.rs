use super::*;
use crate::expr::{BinOp, Var};
use crate::func::{Param, ParamKind, PrimFunc};
use crate::stmt::{BufferStore, For, ForKind};
use crate::subst::{copy_with_fresh_binders, fresh_func};
use crate::{Attrs, DType};
use std::sync::Arc;

fn copy_loop(dst: &Buffer, src: &Buffer, offset: i32) -> Stmt {
    let i = Var::new("i", DType::INT32);
    let index = PrimExpr::binary(BinOp::Add, i.into(), PrimExpr::i32(offset), Span::NONE);
    let store = Stmt::Store(Arc::new(BufferStore {
        buffer: dst.clone(),
        value: PrimExpr::load(src.clone(), [index], Span::NONE),
        indices: [i.into()].into(),
        predicate: None,
        span: Span::new(7, 9),
    }));
    Stmt::For(Arc::new(For {
        loop_var: i,
        min: PrimExpr::i32(0),
        extent: dst.shape[0].clone(),
        step: None,
        kind: ForKind::Serial,
        thread_tag: None,
        body: store,
        annotations: Attrs::new(),
        span: Span::new(1, 5),
    }))
}

fn symbolic_copy(offset: i32) -> PrimFunc {
    let n = Var::new("n", DType::INT32);
    let buffer = |name: &str| Buffer::new(name, [n.into()], DType::FLOAT32);
    let (a, b) = (buffer("A"), buffer("B"));
    let param = |b: &Buffer| Param {
        var: Var::new("p", DType::HANDLE),
        kind: ParamKind::Buffer(b.clone()),
        span: Span::NONE,
    };
    PrimFunc {
        name: "copy".into(),
        params: [param(&a), param(&b)].into(),
        ret_dtype: DType::VOID,
        body: copy_loop(&b, &a, offset),
        attrs: Attrs::new(),
        private: false,
        s_tir: true,
        check_well_formed: true,
        span: Span::NONE,
    }
}

#[test]
fn names_do_not_count() {
    let (f, g) = (symbolic_copy(1), symbolic_copy(1));
    structural_equal(&f, &g).unwrap();
    assert_eq!(structural_hash(&f), structural_hash(&g));
    let h = fresh_func(&f);
    structural_equal(&f, &h).unwrap();
    assert_ne!(h.params[0].var, f.params[0].var);
}

#[test]
fn mismatch_has_path_and_place() {
    let error = structural_equal(&symbolic_copy(1), &symbolic_copy(2)).unwrap_err();
    assert_eq!(error.path, "copy.body.loop i.body.value.indices[0].rhs");
    assert_eq!((error.what, &*error.lhs.found, &*error.rhs.found), ("value", "1", "2"));
    assert_eq!(error.lhs.span, Span::new(7, 9));
}

#[test]
fn swapped_variables_differ() {
    let (x, y) = (Var::new("x", DType::INT32), Var::new("y", DType::INT32));
    let sub = |a: Var, b: Var| PrimExpr::binary(BinOp::Sub, a.into(), b.into(), Span::NONE);
    assert!(structural_equal(&sub(x, y), &sub(y, x)).is_err());
    assert!(structural_equal_with(&sub(x, y), &sub(y, x), FreeVars::Map).is_ok());
    assert!(structural_equal_with(&sub(x, y), &sub(x, x), FreeVars::Map).is_err());
    assert!(structural_equal_with(&sub(x, x), &sub(x, y), FreeVars::Map).is_err());
}

#[test]
fn buffers_of_other_shape_differ() {
    let a = |n: i32| Buffer::new("A", [PrimExpr::i32(n)], DType::FLOAT32);
    let load = |b: Buffer| PrimExpr::load(b, [PrimExpr::i32(0)], Span::NONE);
    assert!(structural_equal_with(&load(a(4)), &load(a(4)), FreeVars::Map).is_ok());
    assert!(structural_equal_with(&load(a(4)), &load(a(5)), FreeVars::Map).is_err());
    assert!(structural_equal(&load(a(4)), &load(a(4))).is_err());
}

#[test]
fn floats_count_by_their_rounded_value() {
    let float = |v, dtype| PrimExpr::float(v, dtype);
    let narrow = DType::FLOAT32;
    structural_equal(&float(0.1, narrow), &float(0.1f32 as f64, narrow)).unwrap();
    assert!(structural_equal(&float(0.0, narrow), &float(-0.0, narrow)).is_err());
    let wide = DType::FLOAT64;
    assert!(structural_equal(&float(0.1, wide), &float(0.1f32 as f64, wide)).is_err());
}

#[test]
fn fresh_copies_are_equal_and_disjoint() {
    let f = symbolic_copy(3);
    let copy = copy_with_fresh_binders(&f.body);
    structural_equal(&f.body, &copy).unwrap();
    let (Stmt::For(old), Stmt::For(new)) = (&f.body, &copy) else { panic!("loops") };
    assert_ne!(old.loop_var, new.loop_var);
    assert!(!crate::visit::uses_var(&copy, old.loop_var));
}
